export const id = 165;
export const ids = [165];
export const modules = {

/***/ 9165:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   refusal: () => (/* binding */ refusal)
/* harmony export */ });
/** The result of a run that ended before there was a request: inputs at fault, or our own bug. */
function refusal(action, error, run = { id: 'none', attempt: 1 }) {
    return {
        version: 1,
        action,
        outcome: error.code === 'cancelled' ? 'cancelled' : 'failed',
        reasonCode: error.code,
        reason: error.what,
        fix: error.fix,
        ...(error.evidence.length > 0 ? { evidence: error.evidence } : {}),
        ...(error.state === undefined ? {} : { state: error.state }),
        ...(error.faults.length > 0 ? { faults: error.faults } : {}),
        tags: [],
        reused: false,
        rolledBack: false,
        touched: false,
        custody: [],
        workloads: [],
        warnings: [],
        timings: {},
        run,
    };
}


/***/ })

};
