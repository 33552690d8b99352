export const id = 330;
export const ids = [330];
export const modules = {

/***/ 5193:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  i: () => (/* binding */ judgeHttp)
});

// EXTERNAL MODULE: ./build/domain/duration.js
var duration = __webpack_require__(4953);
;// CONCATENATED MODULE: ./build/smoke/json-subset.js
/**
 * Where `actual` lacks what `expected` demands, as a sentence; undefined when it contains it.
 * Objects may have more members; arrays must have the same length; scalars must be equal.
 */
function missing(expected, actual, path = 'json') {
    if (Array.isArray(expected)) {
        if (!Array.isArray(actual))
            return differs(path, expected, actual);
        if (actual.length !== expected.length) {
            return `${path} has ${String(actual.length)} elements, expected ${String(expected.length)}`;
        }
        return first(expected.map((value, index) => [value, actual[index], `${path}[${String(index)}]`]));
    }
    if (isObject(expected)) {
        if (!isObject(actual))
            return differs(path, expected, actual);
        return first(Object.entries(expected).map(([key, value]) => [
            value,
            Object.hasOwn(actual, key) ? actual[key] : undefined,
            `${path}.${key}`,
        ]));
    }
    return Object.is(expected, actual) ? undefined : differs(path, expected, actual);
}
function first(pairs) {
    for (const [expected, actual, path] of pairs) {
        const fault = missing(expected, actual, path);
        if (fault !== undefined)
            return fault;
    }
    return undefined;
}
function differs(path, expected, actual) {
    return `${path} is ${show(actual)}, expected ${show(expected)}`;
}
function show(value) {
    if (value === undefined)
        return 'absent';
    const text = JSON.stringify(value);
    return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// EXTERNAL MODULE: ./build/smoke/pattern.js
var pattern = __webpack_require__(8832);
// EXTERNAL MODULE: ./build/smoke/text.js
var smoke_text = __webpack_require__(5291);
;// CONCATENATED MODULE: ./build/smoke/checks/http.js




/** Compares an answer with what was expected; pure. */
function judgeHttp(result, expect) {
    if ('trouble' in result)
        return { passed: false, detail: result.trouble.text };
    const { answer } = result;
    const fault = faultOf(answer, expect);
    const seen = `status ${String(answer.status)} in ${String(Math.round(answer.ms))} ms`;
    if (fault === undefined)
        return { passed: true, detail: seen };
    const body = (0,smoke_text/* excerpt */.Kb)(answer.body);
    return { passed: false, detail: `${fault}; ${seen}${body === '' ? ', empty body' : `, body: ${body}`}` };
}
function faultOf(answer, expect) {
    if (!expect.status.some(({ from, to }) => answer.status >= from && answer.status <= to)) {
        const location = answer.headers['location'];
        const where = location === undefined ? '' : ` (redirects to ${(0,smoke_text/* excerpt */.Kb)(location, 120)})`;
        return `expected status ${expect.status.map(({ text }) => text).join(' or ')}, got ${String(answer.status)}${where}`;
    }
    for (const [name, patterns] of Object.entries(expect.headers)) {
        const value = answer.headers[name];
        const fault = (0,pattern/* broken */.mw)(patterns, value ?? '', value === undefined ? `absent header ${name}` : `header ${name}: ${(0,smoke_text/* excerpt */.Kb)(value, 120)}`);
        if (fault !== undefined)
            return fault;
    }
    const json = expect.json === undefined ? undefined : jsonFault(answer.body, expect.json);
    if (json !== undefined)
        return json;
    const body = (0,pattern/* broken */.mw)(expect.body, answer.body, 'the body');
    if (body !== undefined)
        return body;
    if (expect.within !== undefined && answer.ms > expect.within) {
        return `the answer took ${(0,duration/* formatDuration */.a)(answer.ms)}, expected within ${(0,duration/* formatDuration */.a)(expect.within)}`;
    }
    return undefined;
}
function jsonFault(body, expected) {
    let actual;
    try {
        actual = JSON.parse(body);
    }
    catch {
        return 'the body is no JSON';
    }
    return missing(expected, actual);
}


/***/ }),

/***/ 24:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   k: () => (/* binding */ SmokeFailure)
/* harmony export */ });
/** The app, not the engine, is at fault: ends a test and becomes its report; never leaves this folder. */
class SmokeFailure extends Error {
    reason;
    /** The container whose log tells more. */
    container;
    constructor(reason, container) {
        super(reason.what);
        this.reason = reason;
        this.container = container;
    }
}


/***/ }),

/***/ 8890:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   w: () => (/* binding */ beginLife)
/* harmony export */ });
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2364);

function beginLife(clock, cancel) {
    const controller = new AbortController();
    let reject = () => undefined;
    const over = new Promise((_, refuse) => {
        reject = refuse;
    });
    over.catch(() => undefined);
    const close = () => {
        cancel.removeEventListener('abort', abort);
        controller.abort();
    };
    const end = (reason) => {
        reject(reason);
        close();
    };
    const abort = () => end((0,_errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_0__/* .cancelled */ .KW)());
    if (cancel.aborted)
        abort();
    else
        cancel.addEventListener('abort', abort, { once: true });
    const limit = (timeout, late) => {
        void clock.sleep(timeout, controller.signal).then(() => {
            if (!controller.signal.aborted)
                end(late());
        });
    };
    return { signal: controller.signal, guard: (work) => Promise.race([work, over]), end, limit, close };
}


/***/ }),

/***/ 8330:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   runLiveChecks: () => (/* binding */ runLiveChecks)
/* harmony export */ });
/* harmony import */ var _domain_duration_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4953);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2364);
/* harmony import */ var _checks_http_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5193);
/* harmony import */ var _life_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8890);
/* harmony import */ var _poll_js__WEBPACK_IMPORTED_MODULE_10__ = __webpack_require__(7701);
/* harmony import */ var _probe_http_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(6391);
/* harmony import */ var _probe_tcp_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(7996);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(24);
/* harmony import */ var _report_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(7726);
/* harmony import */ var _spec_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(4203);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(5291);











const PROBE = 10_000;
const ROOT = { scheme: 'http', method: 'GET', port: undefined, path: '/', headers: {}, body: undefined };
/** A load balancer says these while it does not know the new version yet. */
const NOT_YET = new Set([502, 503, 504]);
/**
 * The same checks against an address. First waits, at most `startup.within`, until the address answers at all; then
 * asserts. What needs the container is skipped and said so; a file with nothing else demands a status below 500 of `/`.
 * @throws DeployError invalid-input for a bad address, cancelled
 */
async function runLiveChecks(options) {
    (0,_errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .throwIfAborted */ .Te)(options.signal);
    const { spec, clock, reporter, signal } = options;
    const clean = (0,_text_js__WEBPACK_IMPORTED_MODULE_8__/* .cleaner */ .ZS)(options.secrets ?? []);
    const site = siteOf(options);
    const started = clock.now();
    const checks = spec.checks.some((check) => runsHere(check, site)) ? spec.checks : [...spec.checks, FALLBACK];
    const results = new _report_js__WEBPACK_IMPORTED_MODULE_9__/* .Results */ .nB(['answers', ...checks.map(({ name }) => name)], reporter, clean);
    const life = (0,_life_js__WEBPACK_IMPORTED_MODULE_3__/* .beginLife */ .w)(clock, signal);
    life.limit(spec.timeout, () => new _failure_js__WEBPACK_IMPORTED_MODULE_6__/* .SmokeFailure */ .k({ code: 'live-check-failed', what: 'the live checks took too long' }));
    const report = (reason, readyMs) => ({
        passed: reason === undefined,
        ...(reason ? { reason: { ...reason, what: clean(reason.what) } } : {}),
        checks: results.all(),
        logs: [],
        readyMs,
        ms: clock.now() - started,
        cleanup: Promise.resolve(),
    });
    try {
        const ready = await life.guard(awaitAnswer(site, checks, options, life.signal));
        results.add(0, ready);
        if (!ready.passed) {
            const what = `${options.url} did not answer within ${(0,_domain_duration_js__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a)(spec.startup.within)}: ${ready.detail}`;
            return report({ code: 'live-check-failed', what }, undefined);
        }
        await life.guard(Promise.all(checks.map((check, index) => one(check, index + 1))));
        return report((0,_report_js__WEBPACK_IMPORTED_MODULE_9__/* .reasonOf */ .A3)(results, checks.length, 'live-check-failed'), ready.ms);
    }
    catch (thrown) {
        if (thrown instanceof _failure_js__WEBPACK_IMPORTED_MODULE_6__/* .SmokeFailure */ .k)
            return report(thrown.reason, undefined);
        throw thrown;
    }
    finally {
        life.close();
    }
    async function one(check, index) {
        if (runsHere(check, site)) {
            results.add(index, await runCheck(check, site, clock, life.signal));
            return;
        }
        const detail = `skipped: ${check.kind === 'tcp' ? 'the port is the container’s' : 'it needs the container'}`;
        results.add(index, { passed: true, detail, attempts: 0, ms: 0 }, true);
        reporter.emit({ type: 'info', text: clean(`live check "${check.name}" ${detail}`) });
    }
}
const FALLBACK = {
    kind: 'http',
    name: 'GET / below 500',
    retry: undefined,
    probe: ROOT,
    expect: (0,_spec_js__WEBPACK_IMPORTED_MODULE_7__/* .expecting */ .Kk)(_spec_js__WEBPACK_IMPORTED_MODULE_7__/* .BELOW_500 */ .WJ),
};
/** @throws DeployError invalid-input */
function siteOf({ url, env = {} }) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
        const fault = {
            name: 'url',
            value: url,
            problem: 'is no http or https address',
            example: 'https://app.example.com',
        };
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('invalid-input', 'the live checks need an address', { faults: [fault] });
    }
    const scheme = parsed.protocol === 'https:' ? 'https' : 'http';
    const host = parsed.hostname.replace(/^\[|\]$/g, '');
    const local = host === 'localhost' || host === '::1' || host.startsWith('127.');
    const port = Number(parsed.port) || (scheme === 'https' ? 443 : 80);
    return {
        endpoint: { scheme, host, port, verify: true, ...(local ? {} : { proxies: env }) },
        path: parsed.pathname.replace(/\/$/, ''),
    };
}
function runsHere(check, site) {
    return check.kind === 'http' || (check.kind === 'tcp' && check.port === site.endpoint.port);
}
function awaitAnswer(site, checks, options, signal) {
    const { spec, clock, reporter } = options;
    const first = checks.find((check) => check.kind === 'http');
    const tell = (0,_report_js__WEBPACK_IMPORTED_MODULE_9__/* .teller */ .FW)(reporter, 'live-checks', (0,_text_js__WEBPACK_IMPORTED_MODULE_8__/* .cleaner */ .ZS)(options.secrets ?? []));
    const attempt = async (remaining) => {
        const result = await ask(site, { ...ROOT, path: first?.probe.path ?? '/' }, Math.min(PROBE, remaining), signal);
        if ('trouble' in result)
            return { passed: false, detail: result.trouble.text };
        const { status } = result.answer;
        const wanted = first ? (0,_checks_http_js__WEBPACK_IMPORTED_MODULE_2__/* .judgeHttp */ .i)(result, first.expect).passed : false;
        return { passed: wanted || !NOT_YET.has(status), detail: `status ${String(status)}` };
    };
    return (0,_poll_js__WEBPACK_IMPORTED_MODULE_10__/* .poll */ .w)(attempt, {
        clock,
        signal,
        for: spec.startup.within,
        pause: _poll_js__WEBPACK_IMPORTED_MODULE_10__/* .eager */ .n,
        onFailed: (detail, elapsed) => tell(`${options.url} does not answer yet: ${detail}`, elapsed),
    });
}
function runCheck(check, site, clock, signal) {
    const attempt = async () => {
        if (check.kind === 'http') {
            const limit = Math.max(PROBE, (check.expect.within ?? 0) * 2);
            return (0,_checks_http_js__WEBPACK_IMPORTED_MODULE_2__/* .judgeHttp */ .i)(await ask(site, check.probe, limit, signal), check.expect);
        }
        const trouble = await (0,_probe_tcp_js__WEBPACK_IMPORTED_MODULE_5__/* .connects */ .Q)(site.endpoint, { timeout: PROBE, hold: 0, signal });
        return { passed: !trouble, detail: trouble?.text ?? `port ${String(site.endpoint.port)} takes connections` };
    };
    return (0,_poll_js__WEBPACK_IMPORTED_MODULE_10__/* .poll */ .w)(attempt, { clock, signal, for: check.retry?.for ?? 0, pause: () => check.retry?.every ?? 0 });
}
function ask(site, probe, timeout, signal) {
    return (0,_probe_http_js__WEBPACK_IMPORTED_MODULE_4__/* .request */ .E)({ ...probe, path: site.path + probe.path }, site.endpoint, { timeout, signal });
}


/***/ }),

/***/ 8832:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   EY: () => (/* binding */ parsePattern),
/* harmony export */   mw: () => (/* binding */ broken),
/* harmony export */   v9: () => (/* binding */ holds)
/* harmony export */ });
/** @throws SyntaxError for a bad regular expression */
function parsePattern(source) {
    const absent = source.startsWith('!');
    const rest = absent ? source.slice(1) : source;
    const isRegex = rest.length > 2 && rest.startsWith('/') && rest.endsWith('/');
    return { source, absent, needle: isRegex ? new RegExp(rest.slice(1, -1), 'mu') : rest };
}
function holds(pattern, text) {
    const found = typeof pattern.needle === 'string' ? text.includes(pattern.needle) : pattern.needle.test(text);
    return found !== pattern.absent;
}
/** The first pattern that does not hold, as a sentence about `what`; undefined when all hold. */
function broken(patterns, text, what) {
    const first = patterns.find((pattern) => !holds(pattern, text));
    if (!first)
        return undefined;
    return first.absent
        ? `${what} contains ${first.source.slice(1)}, which must not be there`
        : `${what} does not contain ${first.source}`;
}


/***/ }),

/***/ 7701:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ eager),
/* harmony export */   w: () => (/* binding */ poll)
/* harmony export */ });
/** A probe is never cut shorter than this at the end of its time: a hasty one would hide the last real answer. */
const LEAST = 500;
const SHORTEST = 10;
const LONGEST = 250;
/** A twentieth of the time waited so far: a late start costs about 5 % more, a long wait few probes. */
function eager(elapsed) {
    return Math.min(LONGEST, Math.max(SHORTEST, elapsed / 20));
}
/** Tries until it passes, cannot pass any more, or the time is up; the last attempt is the answer. */
async function poll(attempt, options) {
    const { clock, signal } = options;
    const started = clock.now();
    for (let attempts = 1;; attempts++) {
        const last = await attempt(Math.max(LEAST, options.for - (clock.now() - started)));
        const elapsed = clock.now() - started;
        const pause = Math.min(options.pause(elapsed), options.for - elapsed);
        if (last.passed || last.final === true || pause <= 0 || signal.aborted)
            return { ...last, attempts, ms: elapsed };
        options.onFailed?.(last.detail, elapsed);
        await clock.sleep(pause, signal);
        if (signal.aborted)
            return { ...last, attempts, ms: clock.now() - started };
    }
}


/***/ }),

/***/ 6391:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ request)
/* harmony export */ });
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7067);
/* harmony import */ var node_https__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4708);
/* harmony import */ var _trouble_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7484);



const MOST_BODY = 1024 * 1024;
/** One request; redirects are answers. Never rejects. */
function request(probe, endpoint, options) {
    const started = performance.now();
    return new Promise((resolve) => {
        const failed = (error) => resolve({ trouble: (0,_trouble_js__WEBPACK_IMPORTED_MODULE_2__/* .explain */ .W)(error, endpoint) });
        const client = endpoint.scheme === 'https' ? node_https__WEBPACK_IMPORTED_MODULE_1__ : node_http__WEBPACK_IMPORTED_MODULE_0__;
        const signal = AbortSignal.any([options.signal, AbortSignal.timeout(Math.ceil(options.timeout))]);
        try {
            const sent = client.request(requestOptions(probe, endpoint, signal), (response) => {
                collect(response).then((body) => {
                    const ms = performance.now() - started;
                    resolve({ answer: { status: response.statusCode ?? 0, headers: flat(response.headers), body, ms } });
                }, failed);
            });
            sent.on('error', failed);
            sent.end(probe.body);
        }
        catch (error) {
            failed(error); // a header or path that node refuses
        }
    });
}
function requestOptions(probe, endpoint, signal) {
    const { host, port, proxies } = endpoint;
    // `proxyEnv` is known to Node 24; older ones go straight.
    const settings = { proxyEnv: proxies };
    const agent = endpoint.scheme === 'https' ? new node_https__WEBPACK_IMPORTED_MODULE_1__.Agent(settings) : new node_http__WEBPACK_IMPORTED_MODULE_0__.Agent(settings);
    return {
        host,
        port,
        method: probe.method,
        path: probe.path,
        agent: proxies ? agent : false,
        signal,
        rejectUnauthorized: endpoint.verify,
        headers: {
            'user-agent': 'immutable-deploy-smoke',
            accept: '*/*',
            connection: 'close',
            ...(endpoint.hostHeader === undefined ? {} : { host: endpoint.hostHeader }),
            ...(probe.body === undefined ? {} : bodyHeaders(probe.body)),
            ...probe.headers,
        },
    };
}
function bodyHeaders(body) {
    const isJson = /^\s*[[{]/.test(body);
    return {
        'content-length': String(Buffer.byteLength(body)),
        'content-type': isJson ? 'application/json' : 'text/plain; charset=utf-8',
    };
}
async function collect(response) {
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) {
        text += String(chunk);
        if (text.length >= MOST_BODY)
            return text.slice(0, MOST_BODY);
    }
    return text;
}
function flat(headers) {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
}


/***/ }),

/***/ 7996:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Q: () => (/* binding */ connects)
/* harmony export */ });
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7030);
/* harmony import */ var _trouble_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7484);


/**
 * Whether the port takes a connection. Behind a published port the engine's own proxy takes every connection and
 * drops it when nobody listens inside: there, the connection must stay open for `hold` or bring a byte.
 */
function connects(at, options) {
    return new Promise((resolve) => {
        const signal = AbortSignal.any([options.signal, AbortSignal.timeout(Math.ceil(options.timeout))]);
        const socket = node_net__WEBPACK_IMPORTED_MODULE_0__.connect({ host: at.host, port: at.port, signal });
        const done = (trouble) => {
            socket.destroy();
            resolve(trouble);
        };
        socket.once('connect', () => {
            if (options.hold <= 0) {
                done();
                return;
            }
            const timer = setTimeout(done, options.hold);
            socket.once('close', () => clearTimeout(timer));
        });
        socket.once('data', () => done());
        socket.once('end', () => done((0,_trouble_js__WEBPACK_IMPORTED_MODULE_1__/* .explain */ .W)(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), at)));
        socket.once('error', (error) => done((0,_trouble_js__WEBPACK_IMPORTED_MODULE_1__/* .explain */ .W)(error, at)));
    });
}


/***/ }),

/***/ 7484:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   W: () => (/* binding */ explain)
/* harmony export */ });
const TLS = {
    CERT_HAS_EXPIRED: 'its certificate has expired',
    CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
    SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in one that nobody here trusts (NODE_EXTRA_CA_CERTS adds one)',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it does not send the intermediate certificate',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody here trusts the issuer of its certificate (NODE_EXTRA_CA_CERTS adds one)',
    UNABLE_TO_GET_ISSUER_CERT: 'nobody here trusts the issuer of its certificate (NODE_EXTRA_CA_CERTS adds one)',
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};
function explain(error, at) {
    const { code = '', name = '', message } = normal(error);
    const where = `${at.host}:${String(at.port)}`;
    if (name === 'AbortError' || name === 'TimeoutError' || code === 'ETIMEDOUT') {
        return { kind: 'timeout', text: `no answer from ${where} in time` };
    }
    const tls = TLS[code];
    if (tls !== undefined)
        return { kind: 'tls', text: `TLS: ${where} was reached, but ${tls}` };
    switch (code) {
        case 'ECONNREFUSED':
            return { kind: 'refused', text: `connection to ${where} refused: nothing listens there` };
        case 'ECONNRESET':
        case 'EPIPE':
            return { kind: 'closed', text: `${where} closed the connection without an answer` };
        case 'ENOTFOUND':
            return { kind: 'dns', text: `DNS: there is no host ${at.host}` };
        case 'EAI_AGAIN':
            return { kind: 'dns', text: `DNS: no name server answered for ${at.host}` };
        case 'EHOSTUNREACH':
        case 'ENETUNREACH':
        case 'EADDRNOTAVAIL':
            return { kind: 'unreachable', text: `there is no way to ${where}` };
        case 'EPROTO':
        case 'ERR_SSL_WRONG_VERSION_NUMBER':
        case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
            return { kind: 'tls', text: `TLS: ${where} does not speak it` };
        default:
            if (code.startsWith('HPE_'))
                return { kind: 'not-http', text: `${where} answered, but not in HTTP` };
            return { kind: code.startsWith('ERR_SSL') ? 'tls' : 'other', text: `${where}: ${message}` };
    }
}
/** A connect to several addresses fails with the errors of all: the first one speaks for them. */
function normal(error) {
    if (error instanceof AggregateError && error.errors.length > 0)
        return normal(error.errors[0]);
    if (!(error instanceof Error))
        return { message: String(error) };
    const code = 'code' in error ? String(error.code) : '';
    if (error.name === 'AbortError' && error.cause instanceof Error)
        return { ...normal(error.cause), name: 'AbortError' };
    return { code, name: error.name, message: error.message };
}


/***/ }),

/***/ 7726:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A3: () => (/* binding */ reasonOf),
/* harmony export */   FW: () => (/* binding */ teller),
/* harmony export */   nB: () => (/* binding */ Results)
/* harmony export */ });
/** Keeps results by their place in the file and tells each as it comes. */
class Results {
    #names;
    #found;
    #reporter;
    #clean;
    constructor(names, reporter, clean) {
        this.#names = names;
        this.#found = names.map(() => undefined);
        this.#reporter = reporter;
        this.#clean = clean;
    }
    add(index, polled, skipped = false) {
        const { passed, attempts, ms } = polled;
        const name = this.#clean(this.#names[index] ?? '');
        const result = { name, passed, detail: this.#clean(polled.detail), attempts, ms: Math.round(ms) };
        this.#found[index] = skipped ? { ...result, skipped: true } : result;
        if (!skipped)
            this.#reporter.emit({ type: 'check.finished', ...result });
    }
    has(index) {
        return this.#found[index] !== undefined;
    }
    /** What has no result by now was not run. */
    all() {
        return this.#found.map((result, index) => result ?? {
            name: this.#clean(this.#names[index] ?? ''),
            passed: false,
            detail: 'not run: the test ended before',
            attempts: 0,
            ms: 0,
            skipped: true,
        });
    }
    failed() {
        return this.#found.filter((result) => result !== undefined && !result.passed && result.skipped === undefined);
    }
}
/** The reason of failed checks; undefined when all passed. */
function reasonOf(results, total, code) {
    const failed = results.failed();
    const [first, ...others] = failed;
    if (!first)
        return undefined;
    const what = others.length === 0
        ? `check "${first.name}" failed: ${first.detail}`
        : `${String(failed.length)} of ${String(total)} checks failed; the first, "${first.name}": ${first.detail}`;
    return {
        code,
        what,
        ...(others.length === 0 ? {} : { evidence: failed.map(({ name, detail }) => `${name}: ${detail}`) }),
    };
}
/** Says what is waited for: at once, then every few seconds. */
function teller(reporter, step, clean) {
    let told = -Infinity;
    return (text, elapsed) => {
        if (elapsed - told < 2000)
            return;
        told = elapsed;
        reporter.emit({ type: 'progress', step, text: clean(text) });
    };
}


/***/ })

};
