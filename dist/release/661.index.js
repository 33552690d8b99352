export const id = 661;
export const ids = [661];
export const modules = {

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
