export const id = 612;
export const ids = [612];
export const modules = {

/***/ 5612:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   listTags: () => (/* binding */ listTags)
/* harmony export */ });
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2364);
/* harmony import */ var _distribution_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2387);
/* harmony import */ var _schemas_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3817);



const PAGE = 1000;
/** A registry that never ends its list must not keep us: a hundred thousand tags. */
const PAGES = 100;
/**
 * All tags of a repository; undefined: the registry does not know the repository.
 * @throws DeployError registry-error also when there is no end: half a list would hide versions
 */
async function listTags(session, repository) {
    const tags = new Set();
    let path = `/v2/${repository.path}/tags/list?n=${String(PAGE)}`;
    for (let page = 0; page < PAGES; page += 1) {
        const reply = await session.call({ repository, actions: 'pull', method: 'GET', path });
        if ((0,_distribution_js__WEBPACK_IMPORTED_MODULE_1__/* .isAbsent */ .W0)(reply, { repository }, 'tags'))
            return undefined;
        if (reply.status !== 200)
            throw (0,_distribution_js__WEBPACK_IMPORTED_MODULE_1__/* .refused */ .J5)(reply, { repository }, 'tags');
        const list = (0,_schemas_js__WEBPACK_IMPORTED_MODULE_2__/* .parseJson */ .qF)(_schemas_js__WEBPACK_IMPORTED_MODULE_2__/* .TagList */ .LY, reply.body);
        if (!list)
            throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__/* .DeployError */ .sH('registry-error', `the tag list of ${repository.name} cannot be read`);
        const known = tags.size;
        const found = list.tags ?? [];
        for (const tag of found)
            tags.add(tag);
        path = nextPage(reply, repository, found, tags.size > known);
        if (path === undefined)
            return [...tags];
    }
    throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__/* .DeployError */ .sH('registry-error', `${repository.name} has more than ${String(PAGE * PAGES)} tags`, {
        fix: 'Remove old tags, or name the digest to go back to.',
    });
}
/** By the Link header; without one a full page may have a successor, which its last tag leads to. */
function nextPage(reply, { path }, found, grew) {
    if (!grew)
        return undefined;
    const link = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(String(reply.headers['link'] ?? ''))?.[1];
    if (link !== undefined && URL.canParse(link, reply.url.href)) {
        const next = new URL(link, reply.url);
        // Only the query counts: behind a proxy the registry may not know its own address.
        return `/v2/${path}/tags/list${next.search}`;
    }
    const last = found.at(-1);
    return found.length === PAGE && last !== undefined
        ? `/v2/${path}/tags/list?n=${String(PAGE)}&last=${encodeURIComponent(last)}`
        : undefined;
}


/***/ })

};
