export const id = 861;
export const ids = [861];
export const modules = {

/***/ 5861:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  release: () => (/* binding */ release)
});

// EXTERNAL MODULE: ./build/domain/digest.js
var digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/domain/duration.js
var duration = __webpack_require__(4953);
// EXTERNAL MODULE: ./build/domain/labels.js
var domain_labels = __webpack_require__(3802);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/pipeline/deploy.js + 3 modules
var deploy = __webpack_require__(3502);
// EXTERNAL MODULE: ./build/pipeline/journey.js
var journey = __webpack_require__(7663);
// EXTERNAL MODULE: ./build/pipeline/step.js
var step = __webpack_require__(769);
;// CONCATENATED MODULE: ./build/pipeline/steps/build.js

/** Builds the candidate. It has no release tag: nothing is proven yet. */
async function build(request, facts, signal) {
    const labels = { ...ociLabels(request, facts.source), ...request.build.labels, [domain_labels/* LABEL */.d_.inputs]: facts.fingerprint };
    return facts.builder.build({ ...request.build, labels: { ...labels, [domain_labels/* OCI_LABEL */.D8.revision]: request.revision } }, { ...(request.promote === 'none' ? {} : { push: request.repository }), signal });
}
/** `created` is the commit's date, not now: the same commit gives the same bytes. */
function ociLabels(request, source) {
    return {
        [domain_labels/* OCI_LABEL */.D8.title]: request.app,
        [domain_labels/* OCI_LABEL */.D8.created]: new Date(request.build.sourceDateEpoch * 1000).toISOString().replace('.000Z', 'Z'),
        ...(source?.url === undefined ? {} : { [domain_labels/* OCI_LABEL */.D8.source]: source.url }),
    };
}

// EXTERNAL MODULE: ./build/pipeline/steps/prove.js
var prove = __webpack_require__(5001);
;// CONCATENATED MODULE: ./build/pipeline/steps/candidate.js





/** Builds and smoke-tests, or takes the image that is there already. */
async function candidate(request, plan, ports) {
    if (!plan.reuse) {
        const built = await buildStep(request, plan, ports);
        return (0,prove/* proveBuilt */.N$)({ ...request, revision: revisionOf(plan) }, built, ports);
    }
    (0,step/* skip */.i)(ports, 'build', `reused ${(0,digest/* shortDigest */.VK)(plan.reuse.descriptor.digest)}`);
    if (!plan.proven)
        return (0,prove/* proveRemote */.f6)(request, plan.reuse.descriptor.digest, ports, plan.reuse);
    (0,step/* skip */.i)(ports, 'smoke', 'proven before: the release tag exists');
    return { image: plan.reuse, smoke: undefined };
}
/** `promote: none`: built into the engine and smoked by its local id; nothing lasts, nothing is pushed. */
async function localCandidate(request, plan, ports) {
    const built = await buildStep(request, plan, ports);
    if (built.where === 'registry')
        throw new deploy_error/* DeployError */.sH('internal-error', 'a build that must stay local was pushed');
    return { imageId: built.imageId, smoke: await (0,prove/* smokeLocal */.TN)(request, built.imageId, await ports.runtime(), ports) };
}
async function buildStep(request, plan, ports) {
    const { builder } = plan;
    if (!builder)
        throw new deploy_error/* DeployError */.sH('internal-error', 'no builder was chosen');
    const revision = revisionOf(plan);
    // The engine works now: the time is free to get ready for the smoke test. Its failures show up there.
    if (request.smoke !== 'off') {
        void Promise.allSettled([ports.checks.warm?.(), ports.runtime().then((runtime) => runtime.info())]);
    }
    return (0,step/* step */.P)(ports, 'build', `Build ${request.repository.name} at ${revision.slice(0, 7)} with ${builder.name}`, () => build({ ...request, revision }, { source: plan.source, fingerprint: plan.fingerprint, builder }, ports.signal), (built) => (0,digest/* shortDigest */.VK)(built.where === 'registry' ? built.digest : built.imageId));
}
function revisionOf(plan) {
    if (plan.revision !== undefined)
        return plan.revision;
    throw new deploy_error/* DeployError */.sH('no-revision', 'neither a work tree nor the event names a commit');
}

// EXTERNAL MODULE: ./build/domain/revision.js
var revision = __webpack_require__(8440);
;// CONCATENATED MODULE: ./build/pipeline/steps/order.js


/**
 * Builds finish out of order: a late run must not move an environment back. Compares with what runs now, else with what
 * the environment tag names. Returns why not to go on, undefined to go on.
 */
async function older(request, plan, ports) {
    if (request.onOlder === 'allow' || plan.revision === undefined || request.promote !== 'all')
        return undefined;
    const running = plan.runningRevision ?? (await taggedRevision(request, plan, ports));
    if (running === undefined || running === plan.revision)
        return undefined;
    const ancestry = await ports.source.compare(plan.revision, running);
    const pair = `${(0,revision/* shortRevision */.w)(plan.revision)} and ${(0,revision/* shortRevision */.w)(running)}, which runs in ${request.environment ?? 'the environment'}`;
    if (ancestry === 'older') {
        return {
            code: 'older-than-running',
            what: `${(0,revision/* shortRevision */.w)(plan.revision)} is an ancestor of ${(0,revision/* shortRevision */.w)(running)}, which runs now`,
        };
    }
    if (ancestry === 'diverged')
        ports.reporter.emit({ type: 'warning', text: `${pair} have diverged: neither is the older` });
    if (ancestry === 'unknown') {
        const text = `the order of ${pair}, is unknown: give actions/checkout "fetch-depth: 0", or the job "permissions: contents: read"`;
        ports.reporter.emit({ type: 'warning', text });
    }
    return undefined;
}
async function taggedRevision(request, plan, { registry }) {
    if (plan.environmentTag?.is !== 'present')
        return undefined;
    const image = await registry.image(request.repository, plan.environmentTag.value.digest);
    return image.is === 'present' ? image.value.labels[domain_labels/* OCI_LABEL */.D8.revision] : undefined;
}

// EXTERNAL MODULE: ./build/pipeline/steps/preflight.js + 1 modules
var preflight = __webpack_require__(283);
;// CONCATENATED MODULE: ./build/pipeline/steps/promote.js


/**
 * Writes the tags that a proven image gets: the release tag first (its existence is the proof), then the others side by
 * side. The environment tag is written here only where no target has to give a verdict. Returns the tags that now name it.
 */
async function promote(request, plan, image, proven, ports) {
    const { repository } = request;
    const { digest } = image.descriptor;
    if (!proven) {
        (0,step/* skip */.i)(ports, 'promote', 'smoke: off, so no release tag is written');
        return [];
    }
    if (plan.proven && request.extraTags.length === 0 && !pointsElsewhere(request, plan, digest)) {
        (0,step/* skip */.i)(ports, 'promote', 'the release tag names this digest already');
        return plan.tag === undefined ? [] : [plan.tag];
    }
    return (0,step/* step */.P)(ports, 'promote', `Promote ${repository.name}@${digest.slice(0, 19)}`, async () => {
        if (plan.tag !== undefined)
            await ports.registry.promote(repository, digest, plan.tag, 'never-moves');
        const others = await Promise.all([...request.extraTags, ...environmentTag(request)].map(move));
        return [plan.tag, ...others].filter((tag) => tag !== undefined);
    }, (tags) => tags.join(', '));
    async function move(tag) {
        try {
            await ports.registry.promote(repository, digest, tag, 'may-move');
            return tag;
        }
        catch (error) {
            const { code, what } = (0,deploy_error/* asDeployError */.y0)(error);
            ports.reporter.emit({
                type: 'warning',
                text: `the tag ${repository.name}:${tag} was not moved: ${what} (${code})`,
            });
            return undefined;
        }
    }
}
/** Without a target an explicit environment's tag is all there is to an environment. */
function environmentTag(request) {
    return request.target === undefined && request.promote === 'all' && request.environmentTag !== undefined
        ? [request.environmentTag]
        : [];
}
function pointsElsewhere(request, plan, digest) {
    const tag = plan.environmentTag;
    return environmentTag(request).length > 0 && (tag?.is !== 'present' || tag.value.digest !== digest);
}

// EXTERNAL MODULE: ./build/pipeline/trace.js
var pipeline_trace = __webpack_require__(2526);
;// CONCATENATED MODULE: ./build/pipeline/release.js













/** One commit becomes one proven image and replaces what runs. Never throws: every ending is a result. */
async function release(request, outside) {
    return (0,journey/* journey */.t)('release', request, outside, async (ports, travel) => {
        const plan = await (0,step/* step */.P)(ports, 'preflight', 'Ask everything at once', () => (0,preflight/* preflight */.Mz)(request, ports), planned);
        travel.note((trace) => withPlan(trace, request, plan));
        if (request.dryRun) {
            travel.note((trace) => ({ ...trace, plan: plan.lines }));
            return { outcome: 'planned' };
        }
        const reason = await older(request, plan, ports);
        if (reason)
            return { outcome: request.onOlder === 'skip' ? 'skipped' : 'superseded', reason };
        if (request.promote === 'none')
            return check(request, plan, ports, travel);
        const proven = await candidate(request, plan, ports);
        const { image, smoke } = proven;
        const { digest } = image.descriptor;
        if (smoke)
            travel.later(smoke.cleanup);
        travel.note((trace) => withProof({ ...trace, digest, reused: plan.reuse !== undefined }, plan, proven));
        if (plan.foreign !== undefined && plan.foreign !== digest)
            throw foreignTag(request, plan, digest);
        (0,deploy_error/* throwIfAborted */.Te)(ports.signal);
        const tags = await promote(request, plan, image, smoke !== undefined || plan.proven, ports);
        travel.note((trace) => (0,pipeline_trace/* withLink */.Ni)({ ...trace, tags }, 'promoted', digest, tags.join(', ') || 'no tag'));
        if (!plan.target)
            return { outcome: 'released' };
        (0,deploy_error/* throwIfAborted */.Te)(ports.signal);
        const told = await (0,deploy/* deploy */.gg)({
            ...request,
            environment: request.environment ?? 'production',
            pointsAt: plan.environmentTag?.is === 'present' ? plan.environmentTag.value.digest : undefined,
            image: pin(request, plan, image),
            before: plan.before,
            history: plan.history,
            abandoned: undefined,
            restores: request.onFailure === 'rollback',
            stale: plan.reuse === undefined || smoke !== undefined,
            recheck: (before) => recheck(request, plan, before, ports),
        }, { ...ports, target: plan.target }, travel.trace());
        travel.note(() => told.trace);
        return told.ending;
    });
}
/** Another run may have finished while this one built: the order of commits is asked again only then. */
async function recheck(request, plan, before, ports) {
    const runningRevision = (0,preflight/* runningRevisionOf */.Yh)(before);
    return runningRevision === plan.runningRevision ? undefined : older(request, { ...plan, runningRevision }, ports);
}
/** `promote: none`: smoke what would be released, change nothing. */
async function check(request, plan, ports, travel) {
    if (plan.reuse) {
        const { digest } = plan.reuse.descriptor;
        const proven = await (0,prove/* proveRemote */.f6)(request, digest, ports, plan.reuse);
        if (proven.smoke)
            travel.later(proven.smoke.cleanup);
        travel.note((trace) => withProof({ ...trace, digest, reused: true }, plan, proven));
        return { outcome: 'checked' };
    }
    const { imageId, smoke } = await localCandidate(request, plan, ports);
    travel.note((trace) => (0,pipeline_trace/* withLink */.Ni)(trace, 'built', imageId, 'local, not pushed'));
    if (smoke) {
        travel.later(smoke.cleanup);
        travel.note((trace) => ({ ...(0,pipeline_trace/* withLink */.Ni)(trace, 'smoked', imageId, checksText(smoke)), checks: smoke.checks }));
    }
    return { outcome: 'checked' };
}
function planned(plan) {
    if (plan.reuse)
        return `nothing to build: ${(0,digest/* shortDigest */.VK)(plan.reuse.descriptor.digest)}`;
    return `to build with ${plan.builder?.name ?? 'nothing'}`;
}
function withPlan(trace, request, plan) {
    const previous = previousOf(plan);
    const { revision } = plan;
    const evidence = request.digest !== undefined
        ? 'the image’s label'
        : (plan.source?.dirty.length ?? 0) > 0
            ? 'the work tree differs (policy)'
            : 'clean work tree';
    return {
        ...(revision === undefined ? trace : (0,pipeline_trace/* withLink */.Ni)({ ...trace, revision }, 'commit', revision, evidence)),
        ...(plan.reuse ? { digest: plan.reuse.descriptor.digest } : {}),
        ...(previous === undefined ? {} : { previousDigest: previous }),
        ...(plan.runningRevision === undefined ? {} : { previousRevision: plan.runningRevision }),
        ...(request.url === undefined ? {} : { url: request.url }),
    };
}
/** What the environment ran before this run: by the target, else by the environment tag. */
function previousOf(plan) {
    const [workload] = plan.before.workloads;
    if (workload)
        return (workload.image === undefined ? undefined : (0,digest/* digestIn */.s)(workload.image)) ?? workload.digests[0];
    return plan.environmentTag?.is === 'present' ? plan.environmentTag.value.digest : undefined;
}
function withProof(trace, plan, { image, smoke }) {
    const { digest } = image.descriptor;
    const platforms = image.platforms.map(({ platform }) => platform).join(', ');
    const built = (0,pipeline_trace/* withLink */.Ni)(trace, 'built', digest, plan.reuse ? `reused, ${platforms}` : platforms);
    if (smoke)
        return { ...(0,pipeline_trace/* withLink */.Ni)(built, 'smoked', digest, checksText(smoke)), checks: smoke.checks };
    return plan.proven ? (0,pipeline_trace/* withLink */.Ni)(built, 'smoked', digest, 'proven by an earlier run') : built;
}
function checksText(smoke) {
    return `${String(smoke.checks.length)} checks${smoke.readyMs === undefined ? '' : `, ready after ${(0,duration/* formatDuration */.a)(smoke.readyMs)}`}`;
}
function pin(request, plan, image) {
    const named = request.digest === undefined || plan.proven;
    return {
        repository: request.repository,
        digest: image.descriptor.digest,
        accepted: image.accepted,
        ...(plan.revision === undefined ? {} : { revision: plan.revision }),
        ...(plan.tag === undefined || !named ? {} : { tag: plan.tag }),
    };
}
function foreignTag(request, plan, ours) {
    return new deploy_error/* DeployError */.sH('tag-conflict', `${request.repository.name}:${plan.tag ?? ''} names ${plan.foreign ?? ''}, which no release of ours wrote (no ${domain_labels/* LABEL */.d_.inputs} label); this build is ${ours}`);
}


/***/ })

};
