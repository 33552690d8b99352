export const id = 408;
export const ids = [408];
export const modules = {

/***/ 3408:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   runSmokeCommand: () => (/* binding */ runSmokeCommand)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7598);
/* harmony import */ var _config_index_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(866);
/* harmony import */ var _domain_image_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1452);
/* harmony import */ var _errors_catalogue_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4323);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(2364);
/* harmony import */ var _wire_clock_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(5542);








/** Smoke-tests one image that the engine has or can pull; changes nothing. @throws DeployError */
async function runSmokeCommand(io, { reporter, signal, mask }) {
    const { request, around, secrets } = await (0,_config_index_js__WEBPACK_IMPORTED_MODULE_3__/* .readSmoke */ .kK)(io);
    mask(secrets);
    const { defaultSpec, junit, parseSmoke, runSmoke } = await __webpack_require__.e(/* import() */ 196).then(__webpack_require__.bind(__webpack_require__, 8196));
    const { reference, smoke } = request;
    const { spec, faults } = smoke === 'default'
        ? { spec: defaultSpec(), faults: [] }
        : await parseSmoke(smoke, { image: reference }, around.cwd);
    if (faults.length > 0)
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_6__/* .DeployError */ .sH('invalid-input', 'the smoke file cannot be used', { faults });
    const runtime = await connectRuntime(around.env, signal);
    const facts = await present(reference, runtime, signal);
    const run = { ...request.run, id: `${request.run.id}-${(0,node_crypto__WEBPACK_IMPORTED_MODULE_2__.randomBytes)(4).toString('hex')}` };
    reporter.emit({ type: 'step.started', step: 'smoke', title: `smoke-test ${reference}` });
    const image = { reference: facts.id, facts };
    const report = await runSmoke({ spec, image, runtime, clock: _wire_clock_js__WEBPACK_IMPORTED_MODULE_7__/* .systemClock */ .m, reporter, signal, run, env: around.env });
    tell(report, reporter);
    if (request.junit !== undefined) {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.writeFile)(node_path__WEBPACK_IMPORTED_MODULE_1__.resolve(around.cwd, request.junit), junit(report, `smoke ${reference}`));
    }
    await report.cleanup;
    return { result: resultOf(request, report) };
}
async function connectRuntime(env, signal) {
    const [{ connect }, { createRuntime }, { createRegistry }] = await Promise.all([
        Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(183)]).then(__webpack_require__.bind(__webpack_require__, 183)),
        Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(708)]).then(__webpack_require__.bind(__webpack_require__, 1708)),
        Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(485)]).then(__webpack_require__.bind(__webpack_require__, 3485)),
    ]);
    const registry = createRegistry({ env: env ?? process.env, clock: _wire_clock_js__WEBPACK_IMPORTED_MODULE_7__/* .systemClock */ .m, signal });
    return createRuntime(await connect({}, env ?? process.env), { registry });
}
/** The engine's own copy, pulled if it has none. */
async function present(reference, runtime, signal) {
    const known = await runtime.image(reference);
    if (known)
        return known;
    const parsed = (0,_domain_image_js__WEBPACK_IMPORTED_MODULE_4__/* .parseReference */ .F2)(reference);
    if (parsed?.digest)
        await runtime.pull({ repository: parsed.repository, digest: parsed.digest }, undefined, signal);
    else
        await runtime.pullReference(reference, signal);
    const pulled = await runtime.image(reference);
    if (!pulled)
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_6__/* .DeployError */ .sH('image-not-found', `the engine has no image ${reference}`);
    return pulled;
}
function tell(report, reporter) {
    const detail = `${String(report.checks.filter((check) => check.passed).length)} of ${String(report.checks.length)} checks passed`;
    reporter.emit({
        type: 'step.finished',
        step: 'smoke',
        result: report.passed ? 'done' : 'failed',
        detail,
        ms: report.ms,
    });
    if (report.reason)
        reporter.emit({ type: 'failure', reason: report.reason, state: 'nothing was changed' });
}
function resultOf({ run, reference }, { passed, reason, checks, ms }) {
    return {
        version: 1,
        action: 'smoke',
        outcome: passed ? 'checked' : 'failed',
        ...(reason
            ? {
                reasonCode: reason.code,
                reason: reason.what,
                fix: reason.fix ?? _errors_catalogue_js__WEBPACK_IMPORTED_MODULE_5__/* .CATALOGUE */ .y[reason.code].fix,
                evidence: reason.evidence ?? [],
                state: 'nothing was changed',
            }
            : {}),
        image: reference,
        tags: [],
        reused: false,
        rolledBack: false,
        touched: false,
        custody: [],
        workloads: [],
        checks,
        warnings: [],
        timings: { smoke: Math.round(ms) },
        run: { id: run.id, attempt: run.attempt },
    };
}


/***/ }),

/***/ 5542:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   m: () => (/* binding */ systemClock)
/* harmony export */ });
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


/***/ })

};
