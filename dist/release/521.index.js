export const id = 521;
export const ids = [521];
export const modules = {

/***/ 9521:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  rollback: () => (/* binding */ rollback)
});

// EXTERNAL MODULE: ./build/domain/digest.js
var domain_digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/domain/labels.js
var labels = __webpack_require__(3802);
// EXTERNAL MODULE: ./build/domain/tags.js
var domain_tags = __webpack_require__(5112);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/pipeline/deploy.js + 3 modules
var deploy = __webpack_require__(3502);
// EXTERNAL MODULE: ./build/pipeline/journey.js
var journey = __webpack_require__(7663);
// EXTERNAL MODULE: ./build/pipeline/step.js
var step = __webpack_require__(769);
;// CONCATENATED MODULE: ./build/pipeline/steps/versions.js


/** More history than this is not resolved: each tag costs a request. */
const RESOLVED = 20;
/** Merges the target's stamp and the registry's history tags; either alone is enough. */
async function versions(place, history, before, registry) {
    const tags = await registry.tags(place.repository);
    const parsed = tags.is === 'present' ? tags.value.flatMap((tag) => (0,domain_tags/* parseHistoryTag */.QZ)(tag, place.environment) ?? []) : [];
    const remembered = await resolved(parsed, place.repository, registry);
    return {
        all: merge(history, remembered, runningDigests(before)),
        registryDown: tags.is === 'unknown' ? tags.why : undefined,
    };
}
async function resolved(tags, repository, registry) {
    const newest = [...tags].sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, RESOLVED);
    const found = await Promise.all(newest.map(async (tag) => ({ tag, is: await registry.resolve(repository, tag.tag) })));
    return found.flatMap(({ tag, is }) => (is.is === 'present' ? [{ ...tag, digest: is.value.digest }] : []));
}
/** Pure: every version with the newest time it was verified, and what it counts as now. */
function merge(history, tags, running) {
    const verified = [
        ...history.verified.map((entry) => ({ ...entry, knownBy: 'target' })),
        ...tags
            .filter(({ kind }) => kind === 'deployed')
            .map(({ digest, revision, at }) => ({
            digest,
            revision,
            at: at.toISOString(),
            accepted: [],
            knownBy: 'registry',
        })),
    ];
    const badSince = new Map();
    const bad = [
        ...history.bad,
        ...tags.filter(({ kind }) => kind === 'bad').map(({ digest, at }) => ({ digest, at: at.toISOString() })),
    ];
    for (const { digest, at } of bad)
        if (at > (badSince.get(digest) ?? ''))
            badSince.set(digest, at);
    const byDigest = new Map();
    for (const entry of verified) {
        const known = byDigest.get(entry.digest);
        const at = known?.at !== undefined && known.at > entry.at ? known.at : entry.at;
        const revision = known?.revision ?? entry.revision;
        const accepted = [...new Set([...(known?.accepted ?? []), ...(entry.accepted ?? [])])];
        const knownBy = [...new Set([...(known?.knownBy ?? []), entry.knownBy])];
        const isRunning = [entry.digest, ...accepted].some((digest) => running.has(digest));
        // Tags carry seconds, stamps milliseconds: a mark counts only when it is later by the coarser of both.
        const isBad = (badSince.get(entry.digest) ?? '').slice(0, 19) > at.slice(0, 19);
        byDigest.set(entry.digest, {
            digest: entry.digest,
            at,
            ...(revision === undefined ? {} : { revision }),
            accepted,
            knownBy,
            verdict: isRunning ? 'running' : isBad ? 'bad' : 'verified',
        });
    }
    return [...byDigest.values()].sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
}
/** What the workloads run, by their spec and by their replicas' word. */
function runningDigests(before) {
    return new Set(before.workloads.flatMap(({ image, digests }) => {
        const set = image === undefined ? undefined : (0,domain_digest/* digestIn */.s)(image);
        return set === undefined ? digests : [set, ...digests];
    }));
}
/** A table that people and refusals show: time, revision, verdict, digest. */
function candidatesText(all) {
    return all.map(({ at, revision, verdict, digest }) => `${at ?? '-'}  ${revision ?? '-'}  ${verdict}  ${digest}`);
}

;// CONCATENATED MODULE: ./build/pipeline/steps/choose.js




/** The version that a rollback goes to. Refuses with the list of candidates rather than guess. */
async function choose(request, known, registry) {
    const { to } = request;
    if (to === 'previous') {
        const previous = known.all.find(({ verdict }) => verdict === 'verified');
        if (previous)
            return previous;
        const what = `no version but the running one was verified in ${request.environment} and is not marked bad`;
        throw new deploy_error/* DeployError */.sH('no-previous', what, { evidence: evidence(known) });
    }
    const matches = known.all.filter(({ digest, revision, accepted }) => (0,domain_digest/* isDigest */.Bc)(to) ? digest === to || accepted.includes(to) : (revision ?? '').startsWith(to));
    const [match] = matches;
    if (match && (matches.length === 1 || to.length === 40))
        return match;
    if (match) {
        const what = `${to} matches ${String(matches.length)} versions`;
        throw new deploy_error/* DeployError */.sH('version-ambiguous', what, { evidence: candidatesText(matches) });
    }
    if (request.allowUnverified)
        return unverified(request, to, registry);
    throw new deploy_error/* DeployError */.sH('not-verified', `${to} was never verified in ${request.environment}`, {
        evidence: evidence(known),
    });
}
async function unverified(request, to, registry) {
    if ((0,domain_digest/* isDigest */.Bc)(to))
        return { digest: to, accepted: [], knownBy: [], verdict: 'unverified' };
    const { revision, digest } = await proven(request, to, registry);
    return { digest, revision, accepted: [], knownBy: ['registry'], verdict: 'unverified' };
}
/** A release tag by its revision's first digits: proven by smoke at least. */
async function proven(request, to, registry) {
    const revisions = to.length === 40 ? [to] : await revisionsLike(request, to, registry);
    const [revision] = revisions;
    if (revision === undefined)
        throw new deploy_error/* DeployError */.sH('image-not-found', `no release tag of ${request.repository.name} begins with sha-${to}`);
    if (revisions.length > 1) {
        throw new deploy_error/* DeployError */.sH('version-ambiguous', `${to} matches ${String(revisions.length)} revisions`, {
            evidence: revisions,
        });
    }
    const tag = await registry.resolve(request.repository, (0,domain_tags/* releaseTag */.aF)(revision));
    if (tag.is === 'present')
        return { revision, digest: tag.value.digest };
    if (tag.is === 'unknown')
        throw (0,deploy_error/* fail */.fJ)(tag.why);
    throw new deploy_error/* DeployError */.sH('image-not-found', `${request.repository.name}:${(0,domain_tags/* releaseTag */.aF)(revision)} does not exist`);
}
async function revisionsLike(request, to, registry) {
    const tags = await registry.tags(request.repository);
    if (tags.is === 'unknown')
        throw (0,deploy_error/* fail */.fJ)(tags.why);
    if (tags.is === 'absent')
        return [];
    return tags.value
        .flatMap((tag) => /^sha-([0-9a-f]{40})$/.exec(tag)?.[1] ?? [])
        .filter((revision) => revision.startsWith(to));
}
function evidence(known) {
    const table = candidatesText(known.all);
    const down = known.registryDown ? [`the registry could not be asked: ${known.registryDown.what}`] : [];
    return [
        ...(table.length > 0 ? ['versions verified here, newest first:', ...table] : ['no version was verified here']),
        ...down,
    ];
}

// EXTERNAL MODULE: ./build/pipeline/steps/preflight.js + 1 modules
var preflight = __webpack_require__(283);
// EXTERNAL MODULE: ./build/pipeline/trace.js
var pipeline_trace = __webpack_require__(2526);
;// CONCATENATED MODULE: ./build/pipeline/rollback.js











/** Back to an earlier verified digest: no build, no smoke, the same rollout, proof and record. Never throws. */
async function rollback(request, outside) {
    return (0,journey/* journey */.t)(request.list ? 'list' : 'rollback', request, outside, async (ports, travel) => {
        const look = await (0,step/* step */.P)(ports, 'preflight', 'Ask target and registry at once', () => survey(request, ports), surveyed);
        travel.note((trace) => ({ ...trace, versions: look.known.all.map(entryOf) }));
        if (request.list)
            return { outcome: 'planned' };
        const version = await choose(request, look.known, ports.registry);
        const image = await pin(request, version, look.known, ports);
        const running = runs(look.before);
        travel.note((trace) => withChoice(trace, image, version, running));
        if (request.dryRun) {
            const plan = look.before.workloads.map(({ name }) => `replace ${name}: back to ${image.digest} (${image.revision ?? 'unknown revision'})`);
            travel.note((trace) => ({ ...trace, plan: [...plan, ...look.plan] }));
            return { outcome: 'planned' };
        }
        if (version.verdict === 'bad')
            ports.reporter.emit({ type: 'warning', text: `${version.digest} was marked bad in ${request.environment}` });
        (0,deploy_error/* throwIfAborted */.Te)(ports.signal);
        const leaves = running && running.digest !== image.digest && !image.accepted.has(running.digest) ? running : undefined;
        const told = await (0,deploy/* deploy */.gg)({
            ...request,
            pointsAt: undefined,
            image,
            before: look.before,
            history: look.history,
            abandoned: leaves,
            restores: request.onFailure === 'restore',
            onCancel: 'leave',
            stale: false,
            exact: await look.target.version?.(image.digest),
        }, { ...ports, target: look.target }, travel.trace());
        travel.note(() => told.trace);
        return told.ending;
    });
}
async function survey(request, ports) {
    const look = await (0,preflight/* lookAtTarget */.Yq)(request, ports);
    if (look.reasons.length > 0)
        throw (0,preflight/* together */.bs)(look.reasons);
    if (!look.target)
        throw new deploy_error/* DeployError */.sH('internal-error', 'a rollback needs a target');
    for (const text of look.warnings)
        ports.reporter.emit({ type: 'warning', text });
    const known = await versions(request, look.history, look.before, ports.registry);
    if (known.registryDown) {
        const text = `the registry could not be asked (${known.registryDown.what}): going by the target's own stamp`;
        ports.reporter.emit({ type: 'warning', text });
    }
    else if (look.history.verified.length === 0 && known.all.length > 0) {
        ports.reporter.emit({ type: 'notice', text: 'the target carries no stamp: going by the registry’s history tags' });
    }
    return { ...look, target: look.target, known };
}
function entryOf({ digest, revision, at, verdict, knownBy }) {
    return {
        digest,
        verdict,
        knownBy,
        ...(revision === undefined ? {} : { revision }),
        ...(at === undefined ? {} : { at }),
    };
}
function surveyed({ known }) {
    return `${String(known.all.length)} versions known`;
}
/**
 * Walks the manifest and its children before anything is touched. Known to be absent refuses; a registry that can't be
 * asked is a warning when the target itself still holds that exact version.
 */
async function pin(request, version, known, ports) {
    const { repository } = request;
    const found = await ports.registry.image(repository, version.digest);
    if (found.is === 'absent') {
        throw new deploy_error/* DeployError */.sH('image-not-found', `${repository.name}@${version.digest} is not in the registry any more`, {
            evidence: known.all.map(({ digest, revision, verdict }) => `${revision ?? '-'}  ${verdict}  ${digest}`),
        });
    }
    if (found.is === 'unknown') {
        if (found.why.code === 'image-incomplete' || !version.knownBy.includes('target'))
            throw (0,deploy_error/* fail */.fJ)(found.why);
        const text = `the registry could not be asked for ${version.digest} (${found.why.what}): the target holds that version itself`;
        ports.reporter.emit({ type: 'warning', text });
    }
    const label = found.is === 'present' ? found.value.labels[labels/* OCI_LABEL */.D8.revision] : undefined;
    const revision = version.revision ?? label;
    return {
        repository,
        digest: version.digest,
        accepted: found.is === 'present' ? found.value.accepted : new Set([version.digest, ...version.accepted]),
        ...(revision === undefined ? {} : { revision, tag: (0,domain_tags/* releaseTag */.aF)(revision) }),
    };
}
function runs(before) {
    const [workload] = before.workloads;
    const digest = workload?.image === undefined ? workload?.digests[0] : ((0,domain_digest/* digestIn */.s)(workload.image) ?? workload.digests[0]);
    if (!workload || digest === undefined)
        return undefined;
    return { digest, ...(workload.revision === undefined ? {} : { revision: workload.revision }) };
}
function withChoice(trace, image, version, running) {
    const evidence = version.at === undefined ? 'never verified here (allowed)' : `verified here at ${version.at}`;
    const base = {
        ...trace,
        digest: image.digest,
        ...(image.revision === undefined ? {} : { revision: image.revision }),
        ...(running === undefined ? {} : { previousDigest: running.digest }),
        ...(running?.revision === undefined ? {} : { previousRevision: running.revision }),
    };
    const promoted = (0,pipeline_trace/* withLink */.Ni)(base, 'promoted', image.digest, evidence);
    return image.revision === undefined
        ? promoted
        : (0,pipeline_trace/* withLink */.Ni)(promoted, 'commit', image.revision, 'the record of that version');
}


/***/ })

};
