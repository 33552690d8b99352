export const id = 880;
export const ids = [880];
export const modules = {

/***/ 7321:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   BX: () => (/* binding */ Created),
/* harmony export */   J5: () => (/* binding */ refused),
/* harmony export */   LF: () => (/* binding */ read),
/* harmony export */   R2: () => (/* binding */ Info),
/* harmony export */   Wo: () => (/* binding */ Exec),
/* harmony export */   _V: () => (/* binding */ Image),
/* harmony export */   ei: () => (/* binding */ PathStat),
/* harmony export */   ke: () => (/* binding */ Progress),
/* harmony export */   ks: () => (/* binding */ Labelled),
/* harmony export */   lg: () => (/* binding */ Network),
/* harmony export */   mc: () => (/* binding */ Container),
/* harmony export */   pg: () => (/* binding */ PushAux),
/* harmony export */   xw: () => (/* binding */ EngineEvent)
/* harmony export */ });
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7934);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2364);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(959);



/** What we read of the engine's answers; everything else passes unseen. */
const texts = valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()));
const names = valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_1__/* .unknown */ .L5J()));
const Info = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
    ServerVersion: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    OSType: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    Architecture: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    DriverStatus: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()))),
});
const Image = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
    Id: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    Os: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    Architecture: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
    Variant: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    Created: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    Size: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig(), 0),
    RepoDigests: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP())),
    Config: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
        Labels: texts,
        ExposedPorts: names,
        Volumes: names,
        User: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), ''),
        Healthcheck: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ Test: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP())) })),
    })),
});
const Binding = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ HostIp: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()), HostPort: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()) });
const Container = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
    State: valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
        Status: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
        ExitCode: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig(), 0),
        OOMKilled: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .boolean */ .zMY(), false),
        Error: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), ''),
        StartedAt: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
        Health: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
            Status: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(),
            Log: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ ExitCode: valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig(), Output: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), '') }))),
        })),
    }),
    RestartCount: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig(), 0),
    NetworkSettings: valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
        Ports: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(Binding)))),
        Networks: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ IPAddress: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()), GlobalIPv6Address: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()) }))),
    }),
});
const Created = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ Id: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP() });
const Exec = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ ExitCode: valibot__WEBPACK_IMPORTED_MODULE_1__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig()) });
const Labelled = valibot__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ Id: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), Labels: texts }));
const Network = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ Containers: names });
/** Kind, id and name of what an event is about. */
const EngineEvent = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ Action: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), Actor: valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ ID: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP() }) });
const PathStat = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
    mode: valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig(),
    size: valibot__WEBPACK_IMPORTED_MODULE_1__/* .number */ .aig(),
    linkTarget: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP(), ''),
});
/** One line of a pull, push or build stream. */
const Progress = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({
    status: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    stream: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    id: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    error: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()),
    errorDetail: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ message: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP()) })),
    aux: valibot__WEBPACK_IMPORTED_MODULE_1__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_1__/* .unknown */ .L5J()),
});
const PushAux = valibot__WEBPACK_IMPORTED_MODULE_1__/* .object */ .Ikc({ Digest: valibot__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP() });
/** Parses an answer's body. @throws DeployError engine-error when it has another shape */
function read(schema, answer, what) {
    const parsed = valibot__WEBPACK_IMPORTED_MODULE_1__/* .safeParse */ .xLC(schema, answer.json());
    if (parsed.success)
        return parsed.output;
    const problem = parsed.issues[0];
    throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__/* .DeployError */ .sH('engine-error', `${what}: the engine's answer has an unexpected shape: ${problem.message}`);
}
/** The engine's refusal as our error: its own words, and the code that the caller knows to fit. */
function refused(answer, what, code = 'engine-error') {
    const words = (0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .TN)(answer.message()).slice(0, 600);
    return new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__/* .DeployError */ .sH(code, `${what}: the engine answered ${String(answer.status)}: ${words}`);
}


/***/ }),

/***/ 9880:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   engineInfo: () => (/* binding */ engineInfo)
/* harmony export */ });
/* harmony import */ var _answers_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7321);

const ARCHITECTURES = {
    x86_64: 'amd64',
    aarch64: 'arm64',
    armv7l: 'arm/v7',
    armv6l: 'arm/v6',
    i686: '386',
};
async function engineInfo(api) {
    const answer = await api.request('GET', '/info');
    if (answer.status !== 200)
        throw (0,_answers_js__WEBPACK_IMPORTED_MODULE_0__/* .refused */ .J5)(answer, 'asking the engine about itself');
    const info = (0,_answers_js__WEBPACK_IMPORTED_MODULE_0__/* .read */ .LF)(_answers_js__WEBPACK_IMPORTED_MODULE_0__/* .Info */ .R2, answer, 'asking the engine about itself');
    return {
        version: info.ServerVersion,
        apiVersion: await api.version(),
        platform: `${info.OSType}/${ARCHITECTURES[info.Architecture] ?? info.Architecture}`,
        containerdStore: (info.DriverStatus ?? []).some(([, value]) => value === 'io.containerd.snapshotter.v1'),
    };
}


/***/ }),

/***/ 959:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   TN: () => (/* binding */ oneLine),
/* harmony export */   fk: () => (/* binding */ printableLines),
/* harmony export */   g$: () => (/* binding */ printable)
/* harmony export */ });
/** Control sequences of terminals (CSI, OSC and friends) and other control characters but for the tab. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])|[\u009b\u0090\u009d]/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
/** One hostile line made printable: escapes and control characters are removed, nothing that can be read is hidden. */
function printable(line) {
    return line.replace(ESCAPES, '').replace(CONTROLS, '');
}
/** Printable lines of a text; a bare carriage return ends a line too. */
function printableLines(text) {
    const lines = text.split(/\r?\n|\r/);
    if (lines.at(-1) === '')
        lines.pop();
    return lines.map(printable);
}
/** A text as one printable line. */
function oneLine(text) {
    return printableLines(text.trim()).join(' ');
}


/***/ })

};
