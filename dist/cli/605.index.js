export const id = 605;
export const ids = [605];
export const modules = {

/***/ 8605:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   askHelper: () => (/* binding */ askHelper)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1421);
/* harmony import */ var _docker_config_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4020);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8891);
/* harmony import */ var _schemas_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3817);




const PATIENCE = 30_000;
/**
 * Asks `docker-credential-<helper> get`, the server's name on stdin. undefined: it has nothing for that server.
 * @throws Error when the helper is missing or fails
 */
async function askHelper(helper, server, env, signal) {
    // The name comes from a file: it must not become a path.
    if (!/^[\w.-]+$/.test(helper))
        throw new Error(`${JSON.stringify(helper)} is no name of a credential helper`);
    const { code, stdout } = await run(`docker-credential-${helper}`, ['get'], `${server}\n`, env, signal);
    if (code === 0) {
        const answer = (0,_schemas_js__WEBPACK_IMPORTED_MODULE_3__/* .parseJson */ .qF)(_schemas_js__WEBPACK_IMPORTED_MODULE_3__/* .HelperAnswer */ .dt, stdout);
        if (!answer)
            throw new Error(`docker-credential-${helper} did not answer as the protocol says`);
        return answer.Secret === '' ? undefined : (0,_docker_config_js__WEBPACK_IMPORTED_MODULE_1__/* .secretOf */ .OM)(answer.Username, answer.Secret);
    }
    if (/credentials not found/i.test(stdout))
        return undefined;
    throw new Error(`docker-credential-${helper} failed (exit code ${String(code)}): ${(0,_failure_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .TN)(stdout)}`);
}
function run(program, args, input, env, signal) {
    return new Promise((resolve, reject) => {
        const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(program, args, {
            env: { ...env },
            signal,
            timeout: PATIENCE,
            stdio: ['pipe', 'pipe', 'ignore'],
        });
        let stdout = '';
        child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, stdout }));
        // A helper that ends without reading closes the pipe under us: its exit code says enough.
        child.stdin.on('error', () => undefined);
        child.stdin.end(input);
    });
}


/***/ })

};
