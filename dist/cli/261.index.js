export const id = 261;
export const ids = [261];
export const modules = {

/***/ 5931:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   K: () => (/* binding */ makeChecks),
/* harmony export */   g: () => (/* binding */ inspectChecks)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2364);



/** Faults of a check document, joined to those of the inputs; what it may name (`${digest}`) has no value yet. */
const inspectChecks = async (document, request, cwd) => {
    const { parseSmoke } = await __webpack_require__.e(/* import() */ 196).then(__webpack_require__.bind(__webpack_require__, 8196));
    const variables = { sha: undefined, revision: undefined, digest: undefined };
    const known = { image: request.repository.name, app: request.app, environment: request.environment };
    return (await parseSmoke(document, { ...variables, ...known }, cwd)).faults;
};
/** The checks of a request: their documents were inspected with the inputs and are read when everything is known. */
function makeChecks(request, around) {
    const smoke = request.kind === 'release' ? request.smoke : 'off';
    const { liveChecks, url } = request;
    const variables = {
        sha: request.kind === 'release' ? request.revision : undefined,
        revision: request.kind === 'release' ? request.revision : undefined,
        digest: undefined,
        image: request.repository.name,
        app: request.app,
        environment: request.environment,
    };
    return {
        warm: () => Promise.all([Promise.all(/* import() */[__webpack_require__.e(438), __webpack_require__.e(661)]).then(__webpack_require__.bind(__webpack_require__, 438)), around.beforeCreate()]),
        async smoke(image, signal) {
            const { runSmoke } = await __webpack_require__.e(/* import() */ 196).then(__webpack_require__.bind(__webpack_require__, 8196));
            const digest = image.digest ?? image.facts.id;
            const spec = await specOf(smoke, { ...variables, digest }, around.cwd);
            const runtime = await around.runtime();
            const [{ platform }] = await Promise.all([runtime.info(), around.beforeCreate()]);
            const run = { ...request.run, id: around.token };
            const report = await runSmoke({ ...around, spec, image, runtime, signal, run, platform });
            if (request.kind === 'release')
                await writeJunit(request, report, around.cwd);
            return report;
        },
        live: liveChecks === undefined || url === undefined
            ? undefined
            : async (image, signal) => {
                const { runLiveChecks } = await __webpack_require__.e(/* import() */ 196).then(__webpack_require__.bind(__webpack_require__, 8196));
                const revision = image.revision ?? variables.revision;
                const known = { ...variables, digest: image.digest, sha: revision, revision };
                const spec = await specOf(liveChecks, known, around.cwd);
                return runLiveChecks({ ...around, spec, url, signal });
            },
    };
}
async function specOf(document, variables, cwd) {
    const { defaultSpec, parseSmoke } = await __webpack_require__.e(/* import() */ 196).then(__webpack_require__.bind(__webpack_require__, 8196));
    if (document === undefined || typeof document === 'string')
        return defaultSpec();
    const { spec, faults } = await parseSmoke(document, variables, cwd);
    if (faults.length > 0)
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_2__/* .DeployError */ .sH('invalid-input', 'the checks cannot be read', { faults });
    return spec;
}
async function writeJunit(request, report, cwd) {
    if (request.junit === undefined)
        return;
    const { junit } = await __webpack_require__.e(/* import() */ 196).then(__webpack_require__.bind(__webpack_require__, 8196));
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.writeFile)(node_path__WEBPACK_IMPORTED_MODULE_1__.resolve(cwd, request.junit), junit(report, `smoke ${request.app}`));
}


/***/ }),

/***/ 261:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   runRelease: () => (/* binding */ runRelease),
/* harmony export */   runRollback: () => (/* binding */ runRollback)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _config_index_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(866);
/* harmony import */ var _checks_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5931);



/** Reads, wires and runs a release. @throws DeployError for inputs at fault */
async function runRelease(io, voice) {
    let source;
    const reading = await (0,_config_index_js__WEBPACK_IMPORTED_MODULE_1__/* .readRelease */ .iJ)(io, async (around, token) => (source ??= await gitSource(around, token)), _checks_js__WEBPACK_IMPORTED_MODULE_2__/* .inspectChecks */ .g);
    const { release } = await Promise.all(/* import() */[__webpack_require__.e(760), __webpack_require__.e(861)]).then(__webpack_require__.bind(__webpack_require__, 5861));
    return run(reading, voice, release, source);
}
/** Reads, wires and runs a rollback, or the list of versions. @throws DeployError for inputs at fault */
async function runRollback(io, voice, command = 'rollback') {
    const reading = await (0,_config_index_js__WEBPACK_IMPORTED_MODULE_1__/* .readRollback */ .XP)(io, command, _checks_js__WEBPACK_IMPORTED_MODULE_2__/* .inspectChecks */ .g);
    const { rollback } = await Promise.all(/* import() */[__webpack_require__.e(760), __webpack_require__.e(521)]).then(__webpack_require__.bind(__webpack_require__, 9521));
    return run(reading, voice, rollback, undefined);
}
async function run({ request, around, githubToken, secrets, notices }, { reporter, signal, mask, remember }, verb, known) {
    mask(secrets);
    for (const text of notices)
        reporter.emit({ type: 'notice', text });
    const { makePorts } = await __webpack_require__.e(/* import() */ 340).then(__webpack_require__.bind(__webpack_require__, 2340));
    const token = `${request.run.id}-${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(4).toString('hex')}`;
    const ports = await makePorts(request, {
        env: around.env,
        cwd: around.cwd,
        reporter,
        signal,
        source: known ?? (await gitSource(around, githubToken)),
        githubToken,
        github: gitHubOf(around, githubToken),
        secrets,
        onSecret: (secret) => mask([secret]),
        checks: { token, beforeCreate: () => remember(`${token}-${String(request.run.attempt)}`) },
    });
    return { request, result: await verb(request, ports) };
}
async function gitSource(around, token) {
    const { createSource } = await __webpack_require__.e(/* import() */ 500).then(__webpack_require__.bind(__webpack_require__, 1500));
    const github = gitHubOf(around, token);
    return createSource({ cwd: around.cwd, env: around.env, ...(github ? { github } : {}) });
}
function gitHubOf({ github }, token) {
    return github && token !== undefined ? { ...github, token } : undefined;
}


/***/ })

};
