export const id = 51;
export const ids = [51];
export const modules = {

/***/ 813:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   t: () => (/* binding */ getFromRepository)
/* harmony export */ });
const PATIENCE = 5000;
/**
 * GETs a path below the repository's own, e.g. `actions/runs/1`.
 * @throws whatever the client throws: callers treat GitHub as something that may be away
 */
async function getFromRepository({ apiUrl, repository, token }, path) {
    const { getOctokit } = await Promise.all(/* import() */[__webpack_require__.e(119), __webpack_require__.e(413)]).then(__webpack_require__.bind(__webpack_require__, 2413));
    const octokit = getOctokit(token, { baseUrl: apiUrl });
    const answer = await octokit.request(`GET /repos/${repository}/${path}`, {
        request: { signal: AbortSignal.timeout(PATIENCE) },
    });
    return answer.data;
}


/***/ }),

/***/ 7051:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   isRunOver: () => (/* binding */ isRunOver)
/* harmony export */ });
/* harmony import */ var _api_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(813);

/**
 * Whether a run, named `id-attempt`, is known to be over: what it still holds may be taken over at once.
 * False wherever GitHub does not say so.
 */
async function isRunOver(api, holder) {
    const match = /^(\d+)-(\d+)$/.exec(holder);
    if (!match)
        return false;
    try {
        const run = await (0,_api_js__WEBPACK_IMPORTED_MODULE_0__/* .getFromRepository */ .t)(api, `actions/runs/${match[1] ?? ''}/attempts/${match[2] ?? ''}`);
        return typeof run === 'object' && run !== null && Reflect.get(run, 'status') === 'completed';
    }
    catch {
        return false;
    }
}


/***/ })

};
