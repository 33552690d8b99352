export const id = 847;
export const ids = [847];
export const modules = {

/***/ 6847:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   tunnelAgent: () => (/* binding */ tunnelAgent)
/* harmony export */ });
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7067);
/* harmony import */ var node_https__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4708);
/* harmony import */ var node_tls__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1692);
/* harmony import */ var _fault_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7029);




/** An agent whose connections go through a proxy by CONNECT; TLS stays end to end. */
function tunnelAgent(proxy, settings) {
    const agent = new node_https__WEBPACK_IMPORTED_MODULE_1__.Agent(settings);
    const connect = (options, done) => {
        const target = `${options.host ?? ''}:${String(options.port ?? 443)}`;
        const open = proxy.protocol === 'https:' ? node_https__WEBPACK_IMPORTED_MODULE_1__.request : node_http__WEBPACK_IMPORTED_MODULE_0__.request;
        const request = open(proxy, { method: 'CONNECT', path: target, headers: { host: target, ...login(proxy) } });
        request.once('error', (error) => done(error));
        request.once('connect', (response, socket) => {
            if (response.statusCode === 200) {
                done(null, node_tls__WEBPACK_IMPORTED_MODULE_2__.connect({ ...options, socket }));
                return;
            }
            socket.destroy();
            const status = String(response.statusCode);
            done((0,_fault_js__WEBPACK_IMPORTED_MODULE_3__/* .fault */ .D)('EPROXY', `the proxy ${proxy.host} answered ${status} to CONNECT ${target}`));
        });
        request.end();
    };
    return Object.assign(agent, { createConnection: connect });
}
function login(proxy) {
    if (proxy.username === '')
        return {};
    const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}


/***/ })

};
