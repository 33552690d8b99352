export const id = 476;
export const ids = [476];
export const modules = {

/***/ 3476:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  makePorts: () => (/* binding */ makePorts)
});

// EXTERNAL MODULE: ./build/wire/checks.js
var checks = __webpack_require__(5931);
;// CONCATENATED MODULE: ./build/wire/clock.js
const systemClock = {
    now: () => Date.now(),
    sleep: (ms, signal) => new Promise((resolve) => {
        const done = () => {
            clearTimeout(timer);
            signal?.removeEventListener('abort', done);
            resolve();
        };
        const timer = setTimeout(done, ms);
        if (signal?.aborted)
            done();
        else
            signal?.addEventListener('abort', done, { once: true });
    }),
};

;// CONCATENATED MODULE: ./build/wire/ports.js


/** The real ports. Everything heavy is imported when it is first needed. */
async function makePorts(request, wiring) {
    const { env, reporter, signal } = wiring;
    const engine = once(() => connectTo({}, env));
    const { createRegistry } = await Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(485)]).then(__webpack_require__.bind(__webpack_require__, 3485));
    const registry = createRegistry({
        env,
        clock: systemClock,
        signal,
        githubToken: wiring.githubToken,
        actor: request.run.actor,
        onSecret: wiring.onSecret,
        onWarning: (text) => reporter.emit({ type: 'warning', text }),
    });
    const runtime = once(async () => {
        const { createRuntime } = await Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(708)]).then(__webpack_require__.bind(__webpack_require__, 9327));
        return createRuntime(await engine(), { registry });
    });
    return {
        source: wiring.source,
        builder: async (build) => {
            const { chooseBuilder } = await Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(463)]).then(__webpack_require__.bind(__webpack_require__, 6463));
            return chooseBuilder(env, await engine(), build, { reporter, registry });
        },
        runtime,
        checks: (0,checks/* makeChecks */.K)(request, { ...wiring, ...wiring.checks, runtime, clock: systemClock }),
        registry,
        target: request.target && targetOf(request.target, request, registry, wiring),
        clock: systemClock,
        reporter,
        signal,
    };
}
function targetOf(target, { run }, registry, { env, reporter, signal, github }) {
    return async () => {
        const { TARGETS } = await __webpack_require__.e(/* import() */ 73).then(__webpack_require__.bind(__webpack_require__, 1073));
        const common = { registry, clock: systemClock, run, env };
        if (target.name === 'swarm') {
            const endpoint = { host: target.dockerHost, context: target.dockerContext, certPath: target.dockerCertPath };
            const [create, api] = await Promise.all([
                TARGETS.swarm(),
                connectTo({ ...endpoint, unreachable: 'target-unreachable' }, env),
            ]);
            return create(target, { ...common, api });
        }
        const [create, { openKubectl }] = await Promise.all([TARGETS.kubernetes(), Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(468)]).then(__webpack_require__.bind(__webpack_require__, 7468))]);
        const onWarning = (text) => reporter.emit({ type: 'warning', text });
        const api = openKubectl({ context: target.kubeContext, version: target.kubectlVersion, env, onWarning });
        const isRunOver = github && (async (holder) => (await __webpack_require__.e(/* import() */ 51).then(__webpack_require__.bind(__webpack_require__, 7051))).isRunOver(github, holder));
        return create(target, { ...common, api, signal, onWarning, ...(isRunOver ? { isRunOver } : {}) });
    };
}
/** Without options: the runner's own engine, which always builds and smokes. */
async function connectTo(options, env) {
    const { connect } = await Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(183)]).then(__webpack_require__.bind(__webpack_require__, 183));
    return connect(options, env);
}
function once(make) {
    let made;
    return () => (made ??= make());
}


/***/ })

};
