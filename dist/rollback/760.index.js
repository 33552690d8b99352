export const id = 760;
export const ids = [760];
export const modules = {

/***/ 3802:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D8: () => (/* binding */ OCI_LABEL),
/* harmony export */   Px: () => (/* binding */ withVerified),
/* harmony export */   Y7: () => (/* binding */ withBad),
/* harmony export */   d_: () => (/* binding */ LABEL),
/* harmony export */   nF: () => (/* binding */ EMPTY_HISTORY),
/* harmony export */   r7: () => (/* binding */ runKey)
/* harmony export */ });
/** Keys that we write on images, containers and workloads. */
const LABEL = {
    /** On images: the build inputs' fingerprint, `name=hash` pairs; its presence makes a release tag ours. */
    inputs: 'dev.immutable-deploy.inputs',
    app: 'dev.immutable-deploy.app',
    environment: 'dev.immutable-deploy.environment',
    revision: 'dev.immutable-deploy.revision',
    digest: 'dev.immutable-deploy.digest',
    /** Run id and attempt that created the thing. */
    run: 'dev.immutable-deploy.run',
    /** ISO time after which a left-over throwaway thing may be swept. */
    expires: 'dev.immutable-deploy.expires',
    /** On workloads: `Ledger` as JSON, written after the verdict. */
    history: 'dev.immutable-deploy.history',
};
const OCI_LABEL = {
    revision: 'org.opencontainers.image.revision',
    created: 'org.opencontainers.image.created',
    source: 'org.opencontainers.image.source',
    version: 'org.opencontainers.image.version',
    title: 'org.opencontainers.image.title',
};
function runKey(run) {
    return `${run.id}-${String(run.attempt)}`;
}
const EMPTY_HISTORY = { verified: [], bad: [] };
const KEPT = 10;
/** The history after a healthy verdict: this version first, its bad mark lifted. */
function withVerified(history, version) {
    return {
        verified: [version, ...history.verified.filter((entry) => entry.digest !== version.digest)].slice(0, KEPT),
        bad: history.bad.filter((entry) => entry.digest !== version.digest),
    };
}
/** The history after a version was rolled back from. */
function withBad(history, version) {
    return {
        verified: history.verified,
        bad: [version, ...history.bad.filter((entry) => entry.digest !== version.digest)].slice(0, KEPT),
    };
}


/***/ }),

/***/ 3502:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  gg: () => (/* binding */ deploy)
});

// UNUSED EXPORTS: namesOf, runsText

// EXTERNAL MODULE: ./build/domain/digest.js
var domain_digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/domain/labels.js
var labels = __webpack_require__(3802);
// EXTERNAL MODULE: ./build/domain/tags.js
var domain_tags = __webpack_require__(5112);
// EXTERNAL MODULE: ./build/pipeline/step.js
var step = __webpack_require__(769);
;// CONCATENATED MODULE: ./build/pipeline/steps/record.js




/**
 * After a healthy verdict: the environment tag, the history tag and the target's own stamp, side by side. Each failure is
 * one warning: the verdict does not depend on a record. Returns the tags that now name the digest.
 */
async function recordVerified(place, image, abandoned, facts, tools) {
    const at = new Date(tools.clock.now());
    const version = {
        digest: image.digest,
        at: at.toISOString(),
        run: (0,labels/* runKey */.r7)(place.run),
        ...(image.revision === undefined ? {} : { revision: image.revision }),
        ...(image.accepted.size > 1 && image.accepted.size <= 8
            ? { accepted: [...image.accepted].filter((digest) => digest !== image.digest) }
            : {}),
    };
    const known = facts.history.verified[0]?.digest === image.digest &&
        !facts.history.bad.some(({ digest }) => digest === image.digest);
    const next = (0,labels/* withVerified */.Px)(abandoned ? (0,labels/* withBad */.Y7)(facts.history, { ...abandoned, at: version.at }) : facts.history, version);
    return (0,step/* step */.P)(tools, 'record', `Record ${place.environment}`, async () => {
        const tags = await Promise.all([
            place.environmentTag === undefined || facts.pointsAt === image.digest
                ? place.environmentTag
                : write(tools, place.repository, image.digest, place.environmentTag, 'may-move'),
            known || image.revision === undefined
                ? undefined
                : write(tools, place.repository, image.digest, (0,domain_tags/* deployedTag */.Vi)(place.environment, at, image.revision), 'never-moves'),
            abandoned?.revision === undefined
                ? undefined
                : write(tools, place.repository, abandoned.digest, (0,domain_tags/* badTag */.ew)(place.environment, at, abandoned.revision), 'never-moves'),
            known && !abandoned ? undefined : stamp(tools, next, facts.rollout),
        ]);
        return tags.slice(0, 2).filter((tag) => tag !== undefined);
    }, (tags) => tags.join(', ') || 'nothing new');
}
/** After the way back from a failed release: the version that failed is marked bad. */
async function recordBad(place, bad, facts, tools) {
    const at = new Date(tools.clock.now());
    await (0,step/* step */.P)(tools, 'record', `Mark ${bad.revision?.slice(0, 7) ?? bad.digest} bad in ${place.environment}`, () => Promise.all([
        bad.revision === undefined
            ? undefined
            : write(tools, place.repository, bad.digest, (0,domain_tags/* badTag */.ew)(place.environment, at, bad.revision), 'never-moves'),
        stamp(tools, (0,labels/* withBad */.Y7)(facts.history, { ...bad, at: at.toISOString() }), facts.rollout),
    ]), () => 'marked');
}
async function write({ registry, reporter }, repository, digest, tag, expect) {
    try {
        await registry.promote(repository, digest, tag, expect);
        return tag;
    }
    catch (error) {
        const { code, what } = (0,deploy_error/* asDeployError */.y0)(error);
        reporter.emit({ type: 'warning', text: `the tag ${repository.name}:${tag} was not written: ${what} (${code})` });
        return undefined;
    }
}
async function stamp({ target, reporter }, history, rollout) {
    try {
        await target.record(history, rollout);
    }
    catch (error) {
        const { code, what } = (0,deploy_error/* asDeployError */.y0)(error);
        reporter.emit({ type: 'warning', text: `the target's history was not written: ${what} (${code})` });
    }
    return undefined;
}

// EXTERNAL MODULE: ./build/domain/duration.js
var duration = __webpack_require__(4953);
;// CONCATENATED MODULE: ./build/pipeline/steps/verify.js



/** A target may name an old replica for a moment after it said that all is done. */
const WRONG_DIGEST_GRACE = 5000;
/** The target's API may be away that long (a control plane that restarts) before the rollout counts as lost. */
const TOLERATED_OUTAGE = 60_000;
const POLL = [50, 100, 200, 300, 500, 1000];
async function verify(target, rollout, options, { clock, reporter, signal }) {
    const deadline = clock.now() + options.timeout;
    let windows = new Map();
    let outage;
    let said = '';
    for (let look = 0;; look++) {
        (0,deploy_error/* throwIfAborted */.Te)(signal);
        const late = clock.now() >= deadline;
        const observation = await target.observe(rollout).catch((error) => {
            outage = { since: outage?.since ?? clock.now(), error };
            return undefined;
        });
        const now = clock.now();
        const lost = late || now - (outage?.since ?? now) >= TOLERATED_OUTAGE || !(outage?.error instanceof deploy_error/* DeployError */.sH);
        if (outage && !observation && lost) {
            return { is: 'failed', reason: (0,deploy_error/* asDeployError */.y0)(outage.error), workloads: [] };
        }
        if (observation) {
            outage = undefined;
            const looks = observation.workloads.map((workload) => {
                const accepted = rollout.workloads.find(({ name }) => name === workload.name)?.accepted ?? rollout.accepted;
                return judge(workload, accepted, windows.get(workload.name), {
                    now,
                    first: look === 0,
                    stability: options.stability,
                });
            });
            windows = new Map(looks.map(({ judgement, window }) => [judgement.name, window]));
            const verdict = sum(looks.map(({ judgement }) => judgement));
            if (verdict)
                return verdict;
            const judgements = looks.map(({ judgement }) => judgement);
            if (late)
                return { is: 'timed-out', reason: timeoutReason(judgements, options.timeout), workloads: judgements };
            const text = pendingText(judgements);
            if (text !== said)
                reporter.emit({ type: 'progress', step: options.step, text: (said = text) });
        }
        const pause = Math.min(POLL[Math.min(look, POLL.length - 1)] ?? 1000, untilStable(windows, now, options.stability), Math.max(deadline - now, 1));
        await target.changed(rollout, Math.max(pause, 1), signal);
    }
}
/** The verdict that the judgements of all workloads add up to; undefined while one is pending and none has failed. */
function sum(judgements) {
    const failed = judgements.find(({ is }) => is === 'failed');
    if (failed?.reason)
        return { is: 'failed', reason: failed.reason, workloads: judgements };
    const superseded = judgements.find(({ is }) => is === 'superseded');
    if (superseded?.reason)
        return { is: 'superseded', reason: superseded.reason, workloads: judgements };
    return judgements.every(({ is }) => is === 'proven') ? { is: 'healthy', workloads: judgements } : undefined;
}
/** One look at one workload, pure: what it is now, and what to remember for the next look. */
function judge(workload, accepted, before, { now, first, stability }) {
    const { name, state, replicas, desired } = workload;
    const good = replicas.filter((replica) => replica.healthy && replica.digest !== undefined && accepted.has(replica.digest));
    const digests = new Set(replicas.flatMap(({ digest }) => (digest ? [digest] : [])));
    const [only] = digests;
    const seen = {
        name,
        replicas: `${String(good.length)}/${String(desired)}`,
        ...(digests.size === 1 && only ? { digest: only } : {}),
    };
    const healthy = remembered(good, before, now, first);
    const window = { healthy };
    const pending = (detail, kept = window) => ({
        judgement: { ...seen, is: 'pending', detail },
        window: kept,
    });
    const failed = (reason) => ({
        judgement: { ...seen, is: 'failed', detail: reason.what, reason },
        window,
    });
    if (state.is === 'failed')
        return failed(state.reason);
    if (state.is === 'superseded') {
        const reason = { code: 'another-rollout', what: `${name}: ${state.by}` };
        return { judgement: { ...seen, is: 'superseded', detail: state.by, reason }, window };
    }
    const restarted = replicas.find((replica) => {
        const known = before?.healthy.get(replica.id);
        return known !== undefined && replica.restarts > known.restarts;
    });
    if (restarted) {
        return failed({
            code: 'died-after-ready',
            what: `${name}: replica ${restarted.id} was ready and then restarted (${String(restarted.restarts)} restarts)`,
        });
    }
    if (state.is === 'progressing') {
        const { judgement } = pending(state.detail);
        return { judgement: { ...judgement, ...(state.suspect ? { suspect: state.suspect } : {}) }, window };
    }
    if (desired === 0)
        return failed({ code: 'nothing-runs', what: `${name} is scaled to zero: nothing runs, so nothing is proven` });
    const wrong = replicas.find(({ digest }) => digest !== undefined && !accepted.has(digest));
    if (wrong) {
        const wrongSince = before?.wrongSince ?? now;
        if (now - wrongSince >= WRONG_DIGEST_GRACE)
            return failed(wrongDigest(name, wrong, accepted));
        return pending(`replica ${wrong.id} runs ${(0,domain_digest/* shortDigest */.VK)(wrong.digest ?? '')}, which was not released`, {
            healthy,
            wrongSince,
        });
    }
    const silent = replicas.find(({ digest }) => digest === undefined);
    if (silent)
        return pending(`replica ${silent.id} does not say which digest it runs`);
    if (good.length < desired || good.length < replicas.length) {
        return pending(`${String(good.length)} of ${String(desired)} replicas healthy`);
    }
    const since = Math.max(...[...healthy.values()].map((entry) => entry.since));
    if (now - since < stability)
        return pending(`healthy, now watched for ${(0,duration/* formatDuration */.a)(stability)}`);
    return { judgement: { ...seen, is: 'proven', detail: `${seen.replicas} replicas run an accepted digest` }, window };
}
/**
 * When each good replica became healthy. The target's own time counts only at the first look: later this process saw it
 * happen, and its own clock can't be skewed against itself. A replica that was not healthy in between starts anew.
 */
function remembered(good, before, now, first) {
    return new Map(good.map((replica) => {
        const since = first ? Math.min(replica.healthySince ?? now, now) : now;
        return [replica.id, before?.healthy.get(replica.id) ?? { since, restarts: replica.restarts }];
    }));
}
function untilStable(windows, now, stability) {
    const ends = [...windows.values()].flatMap(({ healthy }) => [...healthy.values()].map(({ since }) => since + stability - now));
    const future = ends.filter((ms) => ms > 0);
    return future.length > 0 ? Math.max(...future) : Number.POSITIVE_INFINITY;
}
function wrongDigest(name, replica, accepted) {
    return {
        code: 'wrong-digest',
        what: `${name}: replica ${replica.id} runs ${replica.digest ?? 'an unknown digest'}, which is not of the released image`,
        evidence: [`accepted: ${[...accepted].join(', ')}`],
    };
}
/** A suspect names the cause better than the clock does; the outcome stays a time-out. */
function timeoutReason(judgements, timeout) {
    const pending = judgements.filter(({ is }) => is === 'pending');
    const suspect = pending.find((judgement) => judgement.suspect)?.suspect;
    const after = `not proven after ${(0,duration/* formatDuration */.a)(timeout)}`;
    if (suspect)
        return { ...suspect, what: `${after}: ${suspect.what}` };
    const what = `${after}: ${pending.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`;
    return { code: 'rollout-timeout', what };
}
function pendingText(judgements) {
    return judgements
        .filter(({ is }) => is === 'pending')
        .map(({ name, replicas, detail }) => `${name} ${replicas}: ${detail}`)
        .join('; ');
}

;// CONCATENATED MODULE: ./build/pipeline/steps/rollout.js




/** Whether every workload is set to this image already: then nothing is sent, and what runs is proven again. */
function isAlreadySet(before, accepted) {
    return (before.workloads.length > 0 &&
        before.workloads.every(({ exists, image }) => {
            const digest = image === undefined ? undefined : (0,domain_digest/* digestIn */.s)(image);
            return exists && digest !== undefined && accepted.has(digest);
        }));
}
/** Replaces what runs, or attaches to what is on its way already, and waits for the verdict. */
async function replaceAndVerify(target, image, stamp, deployment, tools) {
    const { before, exact } = deployment;
    const send = async () => {
        if (!exact)
            return target.replace(image, stamp, before);
        const { startedAt, workloads } = await target.restore(exact, stamp);
        return {
            before,
            startedAt,
            accepted: image.accepted,
            workloads: workloads.map(({ name, handle }) => ({ name, handle })),
        };
    };
    const changed = !isAlreadySet(before, image.accepted);
    let rollout;
    try {
        rollout = changed
            ? await (0,step/* step */.P)(tools, 'rollout', `Replace ${names(before)}`, send, () => 'sent')
            : attached(before, image.accepted, tools);
    }
    catch (error) {
        const reason = (0,deploy_error/* asDeployError */.y0)(error);
        return {
            is: reason.code === 'another-rollout' ? 'superseded' : 'failed',
            reason,
            verdict: undefined,
            rollout: undefined,
        };
    }
    const verdict = await (0,step/* step */.P)(tools, 'verify', `Prove that every replica runs ${(0,domain_digest/* shortDigest */.VK)(image.digest)} and stays healthy`, () => verify(target, rollout, { ...deployment, step: 'verify' }, tools), (value) => (value.is === 'healthy' ? replicasText(value.workloads) : value.reason.what));
    if (verdict.is !== 'healthy')
        return { is: verdict.is, reason: verdict.reason, verdict, rollout };
    const live = await liveChecks(image, tools);
    if (live && !live.passed) {
        const reason = {
            ...(live.reason ?? { what: 'a live check failed' }),
            code: 'live-check-failed',
        };
        return { is: 'failed', reason, verdict, rollout };
    }
    return { is: 'healthy', changed, rollout, verdict, live };
}
/** A rollout that this run did not start: the workloads as they are. */
function attached(before, accepted, { clock }) {
    return {
        before,
        accepted,
        startedAt: clock.now(),
        workloads: before.workloads.map(({ name, spec }) => ({ name, handle: spec })),
    };
}
async function liveChecks(image, tools) {
    const { live } = tools.checks;
    if (!live)
        return undefined;
    return (0,step/* step */.P)(tools, 'live-checks', 'Check the running version from outside', async () => {
        const report = await live(image, tools.signal);
        return report;
    }, (report) => (report.passed ? `${String(report.checks.length)} checks passed` : (report.reason?.what ?? 'failed')));
}
/** Puts back exactly what ran before, and proves its digest too. Has a time limit of its own and never throws. */
async function restore(target, before, stamp, clocks, tools) {
    try {
        return await (0,step/* step */.P)(tools, 'restore', `Restore what ran before on ${names(before)}`, async () => {
            const rollout = await target.restore(before, stamp);
            if (!before.workloads.some(({ exists }) => exists))
                return { is: 'nothing-to-restore' };
            const verdict = await verify(target, rollout, { ...clocks, step: 'restore' }, tools);
            if (verdict.is === 'healthy')
                return { is: 'restored', judgements: verdict.workloads, rollout };
            return { is: 'failed', reason: (0,deploy_error/* asDeployError */.y0)(verdict.reason), judgements: verdict.workloads };
        }, (value) => (value.is === 'restored' ? replicasText(value.judgements) : value.is));
    }
    catch (error) {
        return { is: 'failed', reason: (0,deploy_error/* asDeployError */.y0)(error), judgements: [] };
    }
}
/** The workload table of the result. */
function workloadResults(before, judgements, verdictOf) {
    return before.workloads.map(({ name, digests, namespace }) => {
        const judgement = judgements.find((entry) => entry.name === name);
        const digest = judgement ? judgement.digest : digests[0];
        return {
            name,
            ...(namespace === undefined ? {} : { namespace }),
            verdict: verdictOf(judgement),
            ...(digest === undefined ? {} : { digest }),
            ...(judgement ? { replicas: judgement.replicas } : {}),
            ...(judgement?.reason ? { reasonCode: judgement.reason.code, reason: judgement.reason.what } : {}),
        };
    });
}
function replicasText(judgements) {
    return judgements.map(({ name, replicas }) => `${name} ${replicas}`).join(', ');
}
function names(running) {
    return running.workloads.map(({ name }) => name).join(', ') || 'the workloads';
}

// EXTERNAL MODULE: ./build/pipeline/trace.js
var pipeline_trace = __webpack_require__(2526);
;// CONCATENATED MODULE: ./build/pipeline/deploy.js





/** Replaces, verifies, and settles whatever came of it. */
async function deploy(planned, tools, trace) {
    const deployment = await inTurn(planned, tools.target);
    const reason = deployment === planned ? undefined : await deployment.recheck?.(deployment.before);
    if (reason)
        return { trace, ending: { outcome: 'superseded', reason, state: runsText(deployment.before) } };
    const { image } = deployment;
    const stamp = stampOf(deployment);
    let replacement;
    try {
        replacement = await replaceAndVerify(tools.target, image, stamp, deployment, tools);
    }
    catch (error) {
        if (!tools.signal.aborted)
            throw error;
        return { trace, ending: await cancelledEnding(deployment, stamp, tools.target) };
    }
    if (replacement.is === 'healthy')
        return settleHealthy(deployment, replacement, tools, trace);
    if (tools.signal.aborted)
        return { trace, ending: await cancelledEnding(deployment, stamp, tools.target) };
    return settleFailure(deployment, replacement, stamp, tools, trace);
}
/** Waits for other runs where the target has a lock, and looks again where another version may run by now. */
async function inTurn(planned, target) {
    const waited = (await target.lock?.()) ?? false;
    if (!waited && !planned.stale)
        return planned;
    const [before, history] = await Promise.all([target.current(), target.history()]);
    return { ...planned, before, history, pointsAt: undefined };
}
function stampOf({ app, environment, image, run }) {
    return {
        app,
        environment,
        digest: image.digest,
        run,
        ...(image.revision === undefined ? {} : { revision: image.revision }),
    };
}
async function settleHealthy(deployment, replacement, tools, trace) {
    const { image, before, abandoned } = deployment;
    const tags = await recordVerified(deployment, image, abandoned, { ...deployment, rollout: replacement.rollout }, tools);
    const { workloads } = replacement.verdict;
    const verdict = replacement.changed ? 'healthy' : 'unchanged';
    return {
        trace: {
            ...(0,pipeline_trace/* withLink */.Ni)(trace, 'running', image.digest, replicasText(workloads)),
            tags: [...trace.tags, ...tags],
            workloads: workloadResults(before, workloads, () => verdict),
            ...(replacement.live ? { checks: [...(trace.checks ?? []), ...replacement.live.checks] } : {}),
        },
        ending: { outcome: verdict },
    };
}
async function settleFailure(deployment, replacement, stamp, tools, trace) {
    const { image, before, history } = deployment;
    const { reason, rollout } = replacement;
    const judgements = replacement.verdict?.workloads ?? [];
    const failed = {
        ...trace,
        workloads: workloadResults(before, judgements, (judgement) => judgement === undefined
            ? 'untouched'
            : judgement.is === 'proven'
                ? 'healthy'
                : judgement.is === 'pending'
                    ? 'timed-out'
                    : judgement.is),
    };
    if (!rollout)
        return { trace: failed, ending: { outcome: replacement.is, reason, state: runsText(before) } };
    if (replacement.is === 'superseded') {
        return { trace: failed, ending: { outcome: 'superseded', reason, state: 'the other change was left alone' } };
    }
    if (!deployment.restores) {
        const state = `${namesOf(before)} is left on ${(0,domain_digest/* shortDigest */.VK)(image.digest)}, which is not proven`;
        return { trace: failed, ending: { outcome: replacement.is, reason, state, touched: true } };
    }
    tools.reporter.emit({ type: 'failure', reason, state: 'restoring what ran before' });
    const way = await restore(tools.target, before, stamp, deployment, tools);
    if (way.is === 'nothing-to-restore') {
        const state = `there was nothing before: what this run created was removed`;
        return { trace: failed, ending: { outcome: replacement.is, reason, state, touched: true, said: true } };
    }
    if (way.is === 'failed')
        return { trace: lost(failed, before, way), ending: stuck(reason, way, before) };
    await recordBad(deployment, image, { history, rollout: way.rollout }, tools);
    return {
        trace: {
            ...(0,pipeline_trace/* withLink */.Ni)(failed, 'running', way.judgements[0]?.digest ?? '', `restored: ${replicasText(way.judgements)}`),
            workloads: workloadResults(before, way.judgements, () => 'restored'),
        },
        ending: {
            outcome: 'rolled-back',
            reason,
            rolledBack: true,
            state: `restored and proven: ${runsText(before)}`,
            said: true,
        },
    };
}
function lost(trace, before, way) {
    return {
        ...trace,
        workloads: workloadResults(before, way.judgements, (judgement) => judgement?.is === 'proven' ? 'restored' : 'not-restored'),
    };
}
function stuck(reason, way, before) {
    const runs = way.judgements.map(({ name, digest, replicas }) => `${name} ${replicas} ${digest ?? 'unknown digest'}`);
    return {
        outcome: 'rollback-failed',
        reason: {
            code: 'restore-failed',
            what: `the release failed (${reason.what}), and so did the way back: ${way.reason.what}`,
            evidence: [...(reason.evidence ?? []), ...way.reason.evidence],
        },
        state: `a person is needed: ${runs.join('; ') || `${namesOf(before)} is in an unknown state`}`,
        touched: true,
    };
}
/** Only one request fits into the time that a cancelled run has left; nobody waits for what comes of it. */
async function cancelledEnding({ onCancel, before }, stamp, target) {
    const names = namesOf(before);
    const ending = {
        outcome: 'cancelled',
        reason: { code: 'cancelled', what: `cancelled while ${names} was being replaced` },
        touched: true,
    };
    if (onCancel === 'leave')
        return { ...ending, state: `the rollout of ${names} goes on without this run; run again to prove it` };
    try {
        await target.restore(before, stamp);
        return { ...ending, state: `${names}: the way back was sent, nobody waits for it` };
    }
    catch (error) {
        return { ...ending, state: `${names}: the way back could not be sent: ${(0,deploy_error/* asDeployError */.y0)(error).what}` };
    }
}
function namesOf(running) {
    return running.workloads.map(({ name }) => name).join(', ') || 'the workload';
}
/** `web runs sha256:0123…; worker runs …` */
function runsText(running) {
    return (running.workloads
        .map(({ name, exists, digests }) => `${name} ${exists ? `runs ${digests.map(domain_digest/* shortDigest */.VK).join(' and ') || 'nothing'}` : 'does not exist'}`)
        .join('; ') || 'nothing was changed');
}


/***/ }),

/***/ 7663:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   t: () => (/* binding */ journey)
/* harmony export */ });
/* harmony import */ var _domain_outcome_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3153);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2364);
/* harmony import */ var _steps_prove_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5001);
/* harmony import */ var _trace_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2526);




/** Runs one verb from start to result: every ending, thrown or returned, becomes one; targets are closed. */
async function journey(action, request, outside, run) {
    const { reporter, heard } = (0,_trace_js__WEBPACK_IMPORTED_MODULE_3__/* .listening */ .u3)(outside.reporter);
    const opened = [];
    const pending = [];
    const runtime = once(outside.runtime);
    const makeTarget = outside.target;
    const target = makeTarget && once(() => tap(makeTarget(), opened));
    let trace = (0,_trace_js__WEBPACK_IMPORTED_MODULE_3__/* .openTrace */ .yH)(action, request);
    const travel = {
        trace: () => trace,
        note: (add) => (trace = add(trace)),
        later: (work) => pending.push(work),
    };
    let ending;
    try {
        ending = await run({ ...outside, reporter, runtime, target }, travel);
    }
    catch (thrown) {
        if (thrown instanceof _steps_prove_js__WEBPACK_IMPORTED_MODULE_2__/* .SmokeFailure */ .kV)
            trace = { ...trace, checks: thrown.report.checks };
        ending = endingOf((0,_errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .asDeployError */ .y0)(thrown), outside.signal, request, trace);
    }
    const { outcome, reason, state } = ending;
    if (reason && !(0,_domain_outcome_js__WEBPACK_IMPORTED_MODULE_0__/* .isGreen */ .g)(outcome) && !ending.said)
        reporter.emit({ type: 'failure', reason, ...(state === undefined ? {} : { state }) });
    const targets = opened.map((made) => made.then((value) => value.close()));
    await Promise.allSettled([...pending, ...targets]);
    return (0,_trace_js__WEBPACK_IMPORTED_MODULE_3__/* .close */ .VN)(trace, ending, heard());
}
function endingOf(error, signal, request, trace) {
    const outcome = error.code === 'cancelled' || signal.aborted
        ? 'cancelled'
        : error.code === 'another-rollout'
            ? 'superseded'
            : 'failed';
    return { outcome, reason: error, state: error.state ?? untouched(request, trace) };
}
/** Thrown errors come from before the target was touched. */
function untouched(request, trace) {
    if (!request.target)
        return 'nothing was released';
    return `${request.environment ?? 'the environment'} still runs ${trace.previousDigest ?? 'what it ran before'}`;
}
function once(make) {
    let made;
    return () => (made ??= make());
}
function tap(work, list) {
    list.push(work);
    return work;
}


/***/ }),

/***/ 769:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   P: () => (/* binding */ step),
/* harmony export */   i: () => (/* binding */ skip)
/* harmony export */ });
/** Runs one step between its started and finished events; `detail` says in a few words what came of it. */
async function step({ clock, reporter }, name, title, work, detail) {
    const started = clock.now();
    reporter.emit({ type: 'step.started', step: name, title });
    try {
        const value = await work();
        reporter.emit({
            type: 'step.finished',
            step: name,
            result: 'done',
            detail: detail(value),
            ms: clock.now() - started,
        });
        return value;
    }
    catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        reporter.emit({ type: 'step.finished', step: name, result: 'failed', detail: text, ms: clock.now() - started });
        throw error;
    }
}
function skip({ reporter }, name, why) {
    reporter.emit({ type: 'step.finished', step: name, result: 'skipped', detail: why, ms: 0 });
}


/***/ }),

/***/ 283:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Yq: () => (/* binding */ lookAtTarget),
  Mz: () => (/* binding */ preflight),
  Yh: () => (/* binding */ runningRevisionOf),
  bs: () => (/* binding */ together)
});

// EXTERNAL MODULE: ./build/domain/digest.js
var digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/domain/labels.js
var domain_labels = __webpack_require__(3802);
// EXTERNAL MODULE: ./build/domain/revision.js
var domain_revision = __webpack_require__(8440);
// EXTERNAL MODULE: ./build/domain/tags.js
var domain_tags = __webpack_require__(5112);
// EXTERNAL MODULE: ./build/errors/catalogue.js
var catalogue = __webpack_require__(4323);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./build/pipeline/steps/fingerprint.js


/**
 * The build inputs that decide an image's bytes besides the commit, as `name=hash` pairs joined by `;`: short enough for
 * a label, and able to name the input that differs. Values are never shown; secrets contribute their ids only.
 */
function fingerprint(request, facts) {
    const parts = new Map();
    const add = (name, values) => {
        const given = values.filter((value) => value !== undefined && value !== '');
        if (given.length > 0)
            parts.set(name, given);
    };
    add('context', [facts.context === '.' ? undefined : facts.context]);
    add('file', [request.file]);
    add('target', [request.stage]);
    add('platforms', [...request.platforms].sort());
    for (const argument of request.buildArgs) {
        const [name = '', ...value] = argument.split('=');
        add(`build-args.${name}`, [value.join('=') || ' ']);
    }
    add('build-contexts', [...request.buildContexts].sort());
    add('secrets', [...request.secrets, ...request.secretEnvs, ...request.secretFiles].map(secretId).sort());
    add('annotations', [...request.annotations].sort());
    // metadata-action writes the time of its run there: it says nothing about the image.
    const labels = Object.entries(request.labels).filter(([name]) => name !== domain_labels/* OCI_LABEL */.D8.created && name !== domain_labels/* OCI_LABEL */.D8.revision);
    add('labels', labels.map(([name, value]) => `${name}=${value}`).sort());
    add('provenance', [request.provenance]);
    add('sbom', [request.sbom]);
    add('attests', [...request.attests].sort());
    add('network', [request.network]);
    add('add-hosts', [...request.addHosts].sort());
    if (facts.dirty)
        add('tree', ['dirty']);
    return [...parts].map(([name, values]) => `${name}=${hash(values)}`).join(';') || 'defaults';
}
/** Names of the inputs in which two fingerprints differ. */
function differing(a, b) {
    const [left, right] = [pairs(a), pairs(b)];
    const names = new Set([...left.keys(), ...right.keys()]);
    return [...names].filter((name) => left.get(name) !== right.get(name)).sort();
}
function pairs(text) {
    return new Map(text
        .split(';')
        .filter((pair) => pair.includes('='))
        .map((pair) => {
        const at = pair.lastIndexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
    }));
}
function secretId(secret) {
    return (/(?:^|,)id=([^,]+)/.exec(secret)?.[1] ?? secret.split('=')[0] ?? '').trim();
}
function hash(values) {
    return (0,external_node_crypto_.createHash)('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12);
}

;// CONCATENATED MODULE: ./build/pipeline/steps/preflight.js







/** Asks every port at once; whatever speaks against the release is thrown as one error that lists all of it. */
async function preflight(request, ports) {
    const wantsTarget = ports.target !== undefined && request.promote === 'all';
    // Chosen beside the other questions; nobody waits for it, or minds that no engine answers, when nothing is built.
    const choice = request.digest === undefined ? ports.builder(request.build) : undefined;
    choice?.catch(() => undefined);
    const [source, target, image, environmentTag, push] = await Promise.all([
        request.digest === undefined ? ports.source.facts(request.build.context) : undefined,
        wantsTarget ? lookAtTarget(request, ports) : undefined,
        lookAtImage(request, ports),
        request.environmentTag && request.promote === 'all'
            ? ports.registry.resolve(request.repository, request.environmentTag)
            : undefined,
        request.promote === 'none' ? undefined : ports.registry.canPush(request.repository),
    ]);
    const print = fingerprint(request.build, {
        context: request.contextName,
        dirty: (source?.dirty.length ?? 0) > 0,
    });
    const reuse = reusable(request, image, print);
    const revision = request.revision ?? revisionOf(image.remote);
    const builder = reuse.image ? undefined : await choice;
    const reasons = [
        ...(push?.is === 'unknown' && push.why.code === 'registry-denied' ? [push.why] : []),
        ...(image.reason ? [image.reason] : []),
        ...(reuse.reason ? [reuse.reason] : []),
        ...(builder ? refused(builder.name, builder.refuse(request.build)) : []),
        ...policyReasons(request, source, ports),
        ...(target?.reasons ?? []),
    ];
    if (reasons.length > 0)
        throw together(reasons);
    for (const text of target?.warnings ?? [])
        ports.reporter.emit({ type: 'warning', text });
    const plan = {
        revision,
        source,
        fingerprint: print,
        builder,
        tag: revision === undefined ? undefined : (0,domain_tags/* releaseTag */.aF)(revision, request.tagSuffix),
        reuse: reuse.image,
        proven: reuse.proven,
        foreign: reuse.foreign,
        environmentTag,
        target: target?.target,
        before: target?.before ?? { workloads: [] },
        history: target?.history ?? domain_labels/* EMPTY_HISTORY */.nF,
        runningRevision: target && runningRevisionOf(target.before),
    };
    return { ...plan, lines: planLines(request, plan, target?.plan ?? []) };
}
/** By the target's own stamp. */
function runningRevisionOf(running) {
    return running.workloads.find(({ revision }) => revision !== undefined)?.revision;
}
async function lookAtImage(request, { registry }) {
    if (request.digest !== undefined)
        return lookAtDigest(request, request.digest, registry);
    if (request.revision === undefined || request.promote === 'none')
        return { remote: undefined, tagged: undefined };
    const tag = await registry.resolve(request.repository, (0,domain_tags/* releaseTag */.aF)(request.revision, request.tagSuffix));
    // Unknown builds: a promotion that must not happen is refused when the tag is written.
    if (tag.is !== 'present')
        return { remote: undefined, tagged: undefined };
    const image = await registry.image(request.repository, tag.value.digest);
    return { remote: image.is === 'present' ? image.value : undefined, tagged: tag.value.digest };
}
async function lookAtDigest(request, digest, registry) {
    const image = await registry.image(request.repository, digest);
    if (image.is === 'unknown')
        return { remote: undefined, tagged: undefined, reason: image.why };
    if (image.is === 'absent') {
        const what = `${request.repository.name}@${digest} is not in the registry`;
        return { remote: undefined, tagged: undefined, reason: { code: 'image-not-found', what } };
    }
    const revision = request.revision ?? revisionOf(image.value);
    if (revision === undefined)
        return { remote: image.value, tagged: undefined };
    const suffixes = request.tagSuffix === undefined ? [undefined] : [request.tagSuffix, undefined];
    const tags = await Promise.all(suffixes.map((suffix) => registry.resolve(request.repository, (0,domain_tags/* releaseTag */.aF)(revision, suffix))));
    const names = tags.some((tag) => tag.is === 'present' && tag.value.digest === digest);
    return { remote: image.value, tagged: names ? digest : undefined };
}
function revisionOf(image) {
    const revision = image?.labels[domain_labels/* OCI_LABEL */.D8.revision];
    return revision !== undefined && (0,domain_revision/* isRevision */.o)(revision) ? revision : undefined;
}
function reusable(request, { remote, tagged }, print) {
    const ours = remote?.labels[domain_labels/* LABEL */.d_.inputs];
    if (request.digest !== undefined) {
        return { image: remote, proven: tagged !== undefined && ours !== undefined, foreign: undefined };
    }
    if (tagged === undefined)
        return { image: undefined, proven: false, foreign: undefined };
    // A tag whose image is gone or incomplete proves nothing, and it can't be replaced: built anew it must come out equal.
    if (!remote || ours === undefined)
        return { image: undefined, proven: false, foreign: tagged };
    if (ours === print)
        return { image: remote, proven: true, foreign: undefined };
    const names = differing(ours, print);
    const what = `revision ${(0,domain_revision/* shortRevision */.w)(request.revision ?? '')} was released as ${tagged} with other build inputs: ${names.join(', ')}`;
    return { image: undefined, proven: false, foreign: tagged, reason: { code: 'inputs-differ', what } };
}
/** Faults of the target are collected, so that they can be reported beside all others. */
async function lookAtTarget(request, ports) {
    const nothing = { before: { workloads: [] }, history: domain_labels/* EMPTY_HISTORY */.nF, warnings: [], plan: [] };
    let target;
    try {
        target = await ports.target?.();
        if (!target)
            return { ...nothing, target: undefined, reasons: [] };
        const [readiness, before, history] = await Promise.allSettled([
            target.check({ repository: request.repository, dryRun: request.dryRun }),
            target.current(),
            target.history(),
        ]);
        // What the check says explains better than the look that failed for the same cause.
        if (readiness.status === 'rejected')
            throw readiness.reason;
        const { faults, warnings, plan } = readiness.value;
        if (faults.length > 0)
            return { ...nothing, target, reasons: faults, warnings, plan };
        if (before.status === 'rejected')
            throw before.reason;
        if (history.status === 'rejected')
            throw history.reason;
        return { target, before: before.value, history: history.value, reasons: [], warnings, plan };
    }
    catch (error) {
        return { ...nothing, target, reasons: [(0,deploy_error/* asDeployError */.y0)(error)] };
    }
}
// ---------------------------------------------------------------- faults
const CREDENTIAL = /(^|\/)(\.env(\..+)?|\.npmrc|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?|.+\.(pem|key|p12|pfx|keystore))$/i;
function policyReasons(request, source, { reporter }) {
    if (!source || request.promote === 'none' || request.policy === 'off')
        return [];
    const reasons = [];
    if (source.dirty.length > 0) {
        const what = `${String(source.dirty.length)} tracked files differ from ${(0,domain_revision/* shortRevision */.w)(source.revision)}: ${source.dirty.slice(0, 5).join(', ')}`;
        reasons.push({ code: 'dirty-tree', what });
    }
    const secrets = source.untracked.filter((file) => CREDENTIAL.test(file));
    if (secrets.length > 0) {
        reasons.push({
            code: 'secret-in-context',
            what: `untracked in the build context: ${secrets.slice(0, 5).join(', ')}`,
        });
    }
    else if (source.untracked.length > 0) {
        const files = source.untracked.slice(0, 5).join(', ');
        reporter.emit({
            type: 'warning',
            text: `${String(source.untracked.length)} untracked files are in the build context: ${files}`,
        });
    }
    if (request.policy === 'enforce')
        return reasons;
    for (const reason of reasons)
        reporter.emit({ type: 'warning', text: `${reason.what} (policy: warn)` });
    return [];
}
function refused(builder, faults) {
    if (faults.length === 0)
        return [];
    const names = faults.map(({ name }) => name).join(', ');
    return [new deploy_error/* DeployError */.sH('build-not-supported', `the ${builder} builder cannot honour: ${names}`, { faults })];
}
/** One error for all that speaks against going on: the first names it, the others are its evidence. */
function together(reasons) {
    const [first, ...rest] = reasons;
    if (!first)
        return new deploy_error/* DeployError */.sH('internal-error', 'no reason given');
    if (rest.length === 0 && first instanceof deploy_error/* DeployError */.sH)
        return first;
    const evidence = [
        ...(first.evidence ?? []),
        ...rest.flatMap((reason) => [
            `also: ${reason.what} (${reason.code})`,
            `  ${reason.fix ?? catalogue/* CATALOGUE */.y[reason.code].fix}`,
        ]),
    ];
    const faults = reasons.flatMap((reason) => (reason instanceof deploy_error/* DeployError */.sH ? reason.faults : []));
    return new deploy_error/* DeployError */.sH(first.code, first.what, { evidence, fix: first.fix, faults });
}
// ---------------------------------------------------------------- the plan
function planLines(request, plan, targetLines) {
    const name = request.repository.name;
    const { reuse } = plan;
    const build = reuse
        ? `reuse   ${name}@${reuse.descriptor.digest}${plan.proven ? ' (proven before)' : ''}`
        : `build   ${name} at ${plan.revision ?? 'unknown revision'} with ${plan.builder?.name ?? 'no builder'}`;
    const smoke = plan.proven || request.smoke === 'off' ? 'smoke   nothing' : 'smoke   that digest in a throwaway container';
    const tags = request.promote === 'none' ? [] : [plan.tag, ...request.extraTags];
    const promote = tags.filter((tag) => tag !== undefined).map((tag) => `promote ${name}:${tag}`);
    const moves = plan.target
        ? plan.before.workloads.map((workload) => {
            const now = workload.image === undefined ? 'nothing' : ((0,digest/* digestIn */.s)(workload.image) ?? workload.image);
            return `replace ${workload.name} (runs ${(0,digest/* shortDigest */.VK)(now)})`;
        })
        : [];
    const pointer = request.environmentTag && request.promote === 'all' ? [`then    ${name}:${request.environmentTag}`] : [];
    return [build, smoke, ...promote, ...moves, ...targetLines, ...pointer];
}


/***/ }),

/***/ 5001:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N$: () => (/* binding */ proveBuilt),
/* harmony export */   TN: () => (/* binding */ smokeLocal),
/* harmony export */   f6: () => (/* binding */ proveRemote),
/* harmony export */   kV: () => (/* binding */ SmokeFailure)
/* harmony export */ });
/* harmony import */ var _domain_digest_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3213);
/* harmony import */ var _domain_tags_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5112);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2364);
/* harmony import */ var _step_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(769);




/**
 * Smoke-tests the candidate and brings it into the registry. Push and smoke run side by side; either failure stops the
 * other, and the release tag is nobody's business here.
 */
async function proveBuilt(request, built, tools) {
    if (built.where === 'registry')
        return proveRemote(request, built.digest, tools, undefined);
    const runtime = await tools.runtime();
    const other = new AbortController();
    const signal = AbortSignal.any([tools.signal, other.signal]);
    const either = async (work) => {
        try {
            return await work;
        }
        catch (error) {
            other.abort();
            throw error;
        }
    };
    const pushed = (0,_step_js__WEBPACK_IMPORTED_MODULE_2__/* .step */ .P)(tools, 'push', `Push the candidate to ${request.repository.name}`, () => runtime.push(built.imageId, request.repository, (0,_domain_tags_js__WEBPACK_IMPORTED_MODULE_3__/* .candidateTag */ .Gb)(request.revision, request.run), signal), _domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .shortDigest */ .VK);
    const [image, smoke] = await bothOrCause(either(pushed.then((digest) => remote(request, digest, tools.registry))), either(smokeLocal(request, built.imageId, runtime, { ...tools, signal })));
    if (smoke && (0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(built.imageId) && !image.accepted.has(built.imageId)) {
        const { digest } = image.descriptor;
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('smoke-image-mismatch', `smoked ${built.imageId}, but the registry holds ${digest}`, {
            evidence: [...image.accepted],
        });
    }
    return { image, smoke };
}
/** Smoke-tests an image that is in the registry already, by digest. `known`: its walk, where the caller has it. */
async function proveRemote(request, digest, tools, known) {
    if (request.smoke === 'off') {
        (0,_step_js__WEBPACK_IMPORTED_MODULE_2__/* .skip */ .i)(tools, 'smoke', 'smoke: off');
        return { image: known ?? (await remote(request, digest, tools.registry)), smoke: undefined };
    }
    const runtime = await tools.runtime();
    const reference = `${request.repository.name}@${digest}`;
    const [image, facts] = await Promise.all([
        known ?? remote(request, digest, tools.registry),
        runtime
            .pull({ repository: request.repository, digest }, undefined, tools.signal)
            .then(() => runtime.image(reference)),
    ]);
    if (!facts)
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('image-not-found', `${reference} was pulled but the engine does not have it`);
    if ((0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(facts.id) && !image.accepted.has(facts.id) && !facts.repoDigests.some((text) => text.endsWith(digest))) {
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('smoke-image-mismatch', `asked for ${digest}, the engine pulled ${facts.id}`);
    }
    return { image, smoke: await smoked(reference, facts, digest, tools) };
}
/** `promote: none`: nothing leaves the engine. */
async function smokeLocal(request, imageId, runtime, tools) {
    if (request.smoke === 'off') {
        (0,_step_js__WEBPACK_IMPORTED_MODULE_2__/* .skip */ .i)(tools, 'smoke', 'smoke: off');
        return undefined;
    }
    const facts = await runtime.image(imageId);
    if (!facts)
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('image-not-found', `the engine lost the image that it built, ${imageId}`);
    return smoked(imageId, facts, undefined, tools);
}
async function smoked(reference, facts, digest, tools) {
    return (0,_step_js__WEBPACK_IMPORTED_MODULE_2__/* .step */ .P)(tools, 'smoke', `Smoke-test ${(0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .shortDigest */ .VK)(digest ?? facts.id)}`, async () => {
        const report = await tools.checks.smoke({ reference, facts, ...(digest ? { digest } : {}) }, tools.signal);
        if (report.passed)
            return report;
        if (report.logs.length > 0)
            tools.reporter.emit({ type: 'output', step: 'smoke', lines: report.logs });
        await report.cleanup;
        throw new SmokeFailure(report);
    }, (report) => `${String(report.checks.length)} checks passed`);
}
/** A failed smoke test; carries the report so that the result can show every check. */
class SmokeFailure extends _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH {
    report;
    constructor(report) {
        const reason = report.reason ?? { code: 'smoke-check-failed', what: 'a smoke check failed' };
        const error = (0,_errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .fail */ .fJ)(reason);
        super(error.code, error.what, {
            evidence: [...error.evidence, ...(error.evidence.length > 0 ? [] : report.logs.slice(-20))],
            fix: error.fix,
        });
        this.report = report;
    }
}
async function remote(request, digest, registry) {
    const found = await registry.image(request.repository, digest);
    if (found.is === 'present')
        return found.value;
    if (found.is === 'unknown')
        throw (0,_errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .fail */ .fJ)(found.why);
    throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('image-not-found', `${request.repository.name}@${digest} is not in the registry`);
}
/** Awaits both; when one fails, waits for the other to end too and throws what failed first, not its echo. */
async function bothOrCause(a, b) {
    let first;
    const note = (error) => {
        first ??= error;
        throw error;
    };
    const [left, right] = await Promise.allSettled([a.catch(note), b.catch(note)]);
    if (left.status === 'fulfilled' && right.status === 'fulfilled')
        return [left.value, right.value];
    throw first;
}


/***/ }),

/***/ 2526:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ni: () => (/* binding */ withLink),
/* harmony export */   VN: () => (/* binding */ close),
/* harmony export */   u3: () => (/* binding */ listening),
/* harmony export */   yH: () => (/* binding */ openTrace)
/* harmony export */ });
/* harmony import */ var _domain_image_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1452);
/* harmony import */ var _domain_outcome_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3153);
/* harmony import */ var _errors_catalogue_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4323);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2364);




function openTrace(action, request) {
    return {
        action,
        repository: request.repository,
        app: request.app,
        ...(request.environment === undefined ? {} : { environment: request.environment }),
        ...(request.target === undefined ? {} : { target: request.target.name }),
        tags: [],
        reused: false,
        custody: [],
        workloads: [],
        run: request.run,
    };
}
function withLink(trace, hop, value, evidence) {
    return { ...trace, custody: [...trace.custody.filter((link) => link.hop !== hop), { hop, value, evidence }] };
}
/** The result document of a finished run. */
function close(trace, ending, heard) {
    const { outcome, reason, state } = ending;
    const fix = reason ? (reason.fix ?? _errors_catalogue_js__WEBPACK_IMPORTED_MODULE_2__/* .CATALOGUE */ .y[reason.code].fix) : undefined;
    const faults = reason instanceof _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_3__/* .DeployError */ .sH ? reason.faults : [];
    const { repository, run, ...facts } = trace;
    return {
        version: 1,
        ...facts,
        outcome,
        ...(reason && !(0,_domain_outcome_js__WEBPACK_IMPORTED_MODULE_1__/* .isGreen */ .g)(outcome) ? { reasonCode: reason.code, reason: reason.what } : {}),
        ...(outcome === 'skipped' && reason ? { reasonCode: reason.code, reason: reason.what } : {}),
        ...(fix && !(0,_domain_outcome_js__WEBPACK_IMPORTED_MODULE_1__/* .isGreen */ .g)(outcome) ? { fix } : {}),
        ...(reason?.evidence?.length && !(0,_domain_outcome_js__WEBPACK_IMPORTED_MODULE_1__/* .isGreen */ .g)(outcome) ? { evidence: reason.evidence } : {}),
        ...(state === undefined ? {} : { state }),
        ...(faults.length > 0 ? { faults } : {}),
        image: repository.name,
        ...(trace.digest ? { imageRef: (0,_domain_image_js__WEBPACK_IMPORTED_MODULE_0__/* .pinned */ .dp)({ repository, digest: trace.digest }) } : {}),
        rolledBack: ending.rolledBack ?? false,
        touched: ending.touched ?? false,
        warnings: heard.warnings,
        timings: heard.timings,
        run: { id: run.id, attempt: run.attempt, ...(run.url === undefined ? {} : { url: run.url }) },
    };
}
/** Passes every event on and keeps what the result document repeats: warnings and how long each step took. */
function listening(reporter) {
    const warnings = [];
    const timings = {};
    return {
        heard: () => ({ warnings: [...warnings], timings: { ...timings } }),
        reporter: {
            emit(event) {
                if (event.type === 'warning')
                    warnings.push(event.text);
                if (event.type === 'step.finished')
                    timings[event.step] = Math.round((timings[event.step] ?? 0) + event.ms);
                reporter.emit(event);
            },
        },
    };
}


/***/ })

};
