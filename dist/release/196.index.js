export const id = 196;
export const ids = [196,661];
export const modules = {

/***/ 8196:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  defaultSpec: () => (/* reexport */ spec/* defaultSpec */.xE),
  junit: () => (/* reexport */ junit),
  parseSmoke: () => (/* binding */ parseSmoke),
  runLiveChecks: () => (/* binding */ runLiveChecks),
  runSmoke: () => (/* binding */ runSmoke)
});

// UNUSED EXPORTS: missingSecrets

// EXTERNAL MODULE: ./build/smoke/text.js
var smoke_text = __webpack_require__(5291);
;// CONCATENATED MODULE: ./build/smoke/junit.js

/** The report as a JUnit file, one test case a check. */
function junit(report, name) {
    const failures = report.checks.filter((check) => !check.passed && !check.skipped).length;
    const skipped = report.checks.filter((check) => check.skipped).length;
    // A reason without a failed check (a total time-out) must not look green.
    const errors = !report.passed && failures === 0 ? 1 : 0;
    const counts = `tests="${String(report.checks.length + errors)}" failures="${String(failures)}" errors="${String(errors)}" skipped="${String(skipped)}"`;
    const time = `time="${secondsOf(report.ms)}"`;
    const lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites ${counts} ${time}>`,
        `  <testsuite name="${junit_escape(name)}" ${counts} ${time}>`,
        ...report.checks.map((check) => testCase(check, name)),
        ...(errors === 0
            ? []
            : [`    <testcase classname="${junit_escape(name)}" name="smoke test"><error ${reasonOf(report)}/></testcase>`]),
        ...(report.logs.length === 0 ? [] : [`    <system-out>${junit_escape(report.logs.join('\n'))}</system-out>`]),
        '  </testsuite>',
        '</testsuites>',
    ];
    return `${lines.join('\n')}\n`;
}
function testCase(check, suite) {
    const head = `    <testcase classname="${junit_escape(suite)}" name="${junit_escape(check.name)}" time="${secondsOf(check.ms)}"`;
    if (check.skipped)
        return `${head}><skipped message="${junit_escape(check.detail)}"/></testcase>`;
    if (check.passed)
        return `${head}/>`;
    return `${head}><failure message="${junit_escape(check.detail)}"/></testcase>`;
}
function reasonOf({ reason }) {
    return `type="${junit_escape(reason?.code ?? '')}" message="${junit_escape(reason?.what ?? '')}"`;
}
function secondsOf(ms) {
    return (ms / 1000).toFixed(3);
}
const ENTITIES = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
};
/** XML 1.0 has no place for control characters, lone surrogates and the two last code points, escaped or not. */
function junit_escape(text) {
    return (0,smoke_text/* plain */.pj)(text)
        .replace(/\p{Surrogate}/gu, '\ufffd')
        .replace(/[\ufffe\uffff]/g, '\ufffd')
        .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
        .replace(/\n/g, '&#10;');
}

// EXTERNAL MODULE: ./build/smoke/spec.js
var spec = __webpack_require__(4203);
;// CONCATENATED MODULE: ./build/smoke/index.js


/**
 * Reads a smoke file (YAML); every fault comes with its line, an example and what was probably meant.
 * @param variables values of `${sha}` and friends; a name with the value `undefined` is known but has no value yet
 * @param folder what `env-file` is relative to
 */
async function parseSmoke(document, variables, folder = '.') {
    const { parse } = await Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(271)]).then(__webpack_require__.bind(__webpack_require__, 3271));
    return parse(document, variables, folder);
}
/** See run.ts. */
async function runSmoke(options) {
    return (await __webpack_require__.e(/* import() */ 438).then(__webpack_require__.bind(__webpack_require__, 438))).runSmoke(options);
}
/** See live.ts. */
async function runLiveChecks(options) {
    return (await __webpack_require__.e(/* import() */ 330).then(__webpack_require__.bind(__webpack_require__, 8330))).runLiveChecks(options);
}


/***/ }),

/***/ 4203:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Jh: () => (/* binding */ PLAIN_CONTAINER),
/* harmony export */   Kk: () => (/* binding */ expecting),
/* harmony export */   R0: () => (/* binding */ BELOW_400),
/* harmony export */   WJ: () => (/* binding */ BELOW_500),
/* harmony export */   XG: () => (/* binding */ secretNames),
/* harmony export */   mO: () => (/* binding */ missingSecrets),
/* harmony export */   xE: () => (/* binding */ defaultSpec),
/* harmony export */   zY: () => (/* binding */ DEFAULTS)
/* harmony export */ });
const DEFAULTS = {
    within: 60_000,
    stayUp: 3_000,
    /** On top of `startup.within`. */
    timeout: 240_000,
    retryEvery: 500,
    stopWithin: 10_000,
};
const PLAIN_CONTAINER = {
    env: {},
    secrets: [],
    args: undefined,
    entrypoint: undefined,
    user: undefined,
    readOnly: false,
    memory: undefined,
    aliases: [],
    platform: undefined,
};
const BELOW_400 = [{ from: 200, to: 399, text: '2xx or 3xx' }];
const BELOW_500 = [{ from: 100, to: 499, text: 'below 500' }];
function expecting(status) {
    return { status, headers: {}, json: undefined, body: [], within: undefined };
}
/** The checks of an app that says nothing: see docs/smoke.md. */
function defaultSpec() {
    return {
        container: PLAIN_CONTAINER,
        services: [],
        internal: false,
        startup: { within: DEFAULTS.within, ready: { kind: 'auto' }, stayUp: undefined },
        timeout: DEFAULTS.within + DEFAULTS.timeout,
        probe: 'auto',
        checks: [],
    };
}
/** Names whose values come from the environment: of the container and of all services. */
function secretNames(spec) {
    return [...new Set([spec.container, ...spec.services].flatMap(({ secrets }) => secrets))];
}
/** Names in `secrets` without a value in `env`; asked at preflight. */
function missingSecrets(spec, env) {
    return secretNames(spec)
        .filter((name) => env[name] === undefined || env[name] === '')
        .map((name) => ({
        name: `secrets.${name}`,
        problem: `${name} has no value in the environment of this step`,
        example: `env: {${name}: \${{ secrets.${name} }}}`,
    }));
}


/***/ }),

/***/ 5291:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Kb: () => (/* binding */ excerpt),
/* harmony export */   ZS: () => (/* binding */ cleaner),
/* harmony export */   pj: () => (/* binding */ plain)
/* harmony export */ });
/** Foreign text made fit for people: no terminal escapes, no control characters, no secrets. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g;
// Bidirectional overrides go too: they make a line read otherwise than it is.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
function plain(text) {
    return text.replace(ESCAPES, '').replace(CONTROLS, '');
}
/** At most `limit` characters in one line. */
function excerpt(text, limit = 200) {
    const line = plain(text).replace(/\s+/g, ' ').trim();
    return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
/**
 * Strips control characters and replaces every secret, its lines, its JSON-escaped and its base64 form by `***`.
 * Very short values are not masked: they would blot out ordinary text.
 */
function cleaner(secrets) {
    const forms = new Set();
    for (const secret of secrets) {
        for (const part of [secret, ...secret.split(/\r?\n/)]) {
            const value = part.trim();
            if (value.length < 3)
                continue;
            forms.add(value);
            forms.add(JSON.stringify(value).slice(1, -1));
            forms.add(Buffer.from(value).toString('base64'));
        }
    }
    const ordered = [...forms].sort((a, b) => b.length - a.length);
    return (text) => ordered.reduce((line, form) => line.replaceAll(form, '***'), plain(text));
}


/***/ })

};
