export const id = 884;
export const ids = [884];
export const modules = {

/***/ 5884:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   checkPush: () => (/* binding */ checkPush)
/* harmony export */ });
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2364);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8891);


/**
 * Whether a push would be let in, without writing: by what a readable token grants, else by opening an upload
 * and cancelling it.
 * @throws DeployError registry-denied: it would not; any other: nobody knows
 */
async function checkPush(session, repository) {
    const granted = await session.grantsPush(repository);
    if (granted === true)
        return;
    const path = `/v2/${repository.path}/blobs/uploads/`;
    const reply = await session.call({ repository, actions: 'pull,push', method: 'POST', path });
    if (reply.status === 202)
        return cancelUpload(session, repository, reply);
    throw (0,_errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__/* .fail */ .fJ)(refusedPush(repository, reply));
}
async function cancelUpload(session, repository, reply) {
    const { location } = reply.headers;
    if (!location || !URL.canParse(location, reply.url.href))
        return;
    const upload = new URL(location, reply.url);
    if (upload.origin !== reply.url.origin)
        return;
    const path = `${upload.pathname}${upload.search}`;
    // An upload that is not cancelled expires by itself.
    await session.call({ repository, actions: 'pull,push', method: 'DELETE', path }).catch(() => undefined);
}
function refusedPush(repository, reply) {
    const what = `a push to ${repository.path}`;
    // Distribution in read-only mode answers 405.
    if (reply.status === 405)
        return { ...(0,_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .denied */ .wk)(reply.asker, what, reply), fix: 'The registry is read-only: push elsewhere.' };
    if (reply.status === 404 && (0,_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .errorCodes */ .fv)(reply).includes('NAME_UNKNOWN')) {
        return {
            ...(0,_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .refusal */ .x5)(reply.asker, what, reply),
            fix: `Create the repository ${repository.path} first, as this registry demands.`,
        };
    }
    return (0,_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .refusal */ .x5)(reply.asker, what, reply);
}


/***/ })

};
