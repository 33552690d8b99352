export const id = 73;
export const ids = [73];
export const modules = {

/***/ 1073:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   TARGETS: () => (/* binding */ TARGETS)
/* harmony export */ });
/** Target name → its code, loaded only when it is asked for. Adding a target: one folder, one line. */
const TARGETS = {
    swarm: async () => (await Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(928)]).then(__webpack_require__.bind(__webpack_require__, 4928))).createSwarmTarget,
    kubernetes: async () => (await Promise.all(/* import() */[__webpack_require__.e(934), __webpack_require__.e(21)]).then(__webpack_require__.bind(__webpack_require__, 2021))).createKubernetesTarget,
};


/***/ })

};
