export const id = 438;
export const ids = [438];
export const modules = {

/***/ 3802:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D8: () => (/* binding */ OCI_LABEL),
/* harmony export */   Px: () => (/* binding */ withVerified),
/* harmony export */   Y7: () => (/* binding */ withBad),
/* harmony export */   d_: () => (/* binding */ LABEL),
/* harmony export */   nF: () => (/* binding */ EMPTY_HISTORY),
/* harmony export */   r7: () => (/* binding */ runKey)
/* harmony export */ });
/** Keys that we write on images, containers and workloads. */
const LABEL = {
    /** On images: the build inputs' fingerprint, `name=hash` pairs; its presence makes a release tag ours. */
    inputs: 'dev.immutable-deploy.inputs',
    app: 'dev.immutable-deploy.app',
    environment: 'dev.immutable-deploy.environment',
    revision: 'dev.immutable-deploy.revision',
    digest: 'dev.immutable-deploy.digest',
    /** Run id and attempt that created the thing. */
    run: 'dev.immutable-deploy.run',
    /** ISO time after which a left-over throwaway thing may be swept. */
    expires: 'dev.immutable-deploy.expires',
    /** On workloads: `Ledger` as JSON, written after the verdict. */
    history: 'dev.immutable-deploy.history',
};
const OCI_LABEL = {
    revision: 'org.opencontainers.image.revision',
    created: 'org.opencontainers.image.created',
    source: 'org.opencontainers.image.source',
    version: 'org.opencontainers.image.version',
    title: 'org.opencontainers.image.title',
};
function runKey(run) {
    return `${run.id}-${String(run.attempt)}`;
}
const EMPTY_HISTORY = { verified: [], bad: [] };
const KEPT = 10;
/** The history after a healthy verdict: this version first, its bad mark lifted. */
function withVerified(history, version) {
    return {
        verified: [version, ...history.verified.filter((entry) => entry.digest !== version.digest)].slice(0, KEPT),
        bad: history.bad.filter((entry) => entry.digest !== version.digest),
    };
}
/** The history after a version was rolled back from. */
function withBad(history, version) {
    return {
        verified: history.verified,
        bad: [version, ...history.bad.filter((entry) => entry.digest !== version.digest)].slice(0, KEPT),
    };
}


/***/ }),

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

/***/ 2219:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A: () => (/* binding */ SIGNAL_NAMES),
/* harmony export */   FO: () => (/* binding */ exitCodeOf),
/* harmony export */   iJ: () => (/* binding */ exitText)
/* harmony export */ });
const MEANINGS = {
    1: 'a general error of the program',
    125: 'the engine could not run the container',
    126: 'the entrypoint cannot be executed: not executable, or no permission',
    127: 'the entrypoint was not found in the image',
    132: 'SIGILL: an instruction that this processor does not know',
    134: 'SIGABRT: the program aborted itself',
    135: 'SIGBUS',
    136: 'SIGFPE',
    137: 'SIGKILL: out of memory, or killed from outside',
    139: 'SIGSEGV: the program crashed with a memory error',
    143: 'SIGTERM: it was asked to stop',
};
/** `exit code 137 (SIGKILL: out of memory, or killed from outside)` */
function exitText(code) {
    const meaning = MEANINGS[code] ?? (code > 128 && code < 160 ? `signal ${String(code - 128)}` : undefined);
    return `exit code ${String(code)}${meaning === undefined ? '' : ` (${meaning})`}`;
}
const SIGNALS = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGKILL: 9,
    SIGUSR1: 10,
    SIGUSR2: 12,
    SIGTERM: 15,
    SIGWINCH: 28,
};
/** The exit code of a process that this signal ended; undefined for a signal that we do not know. */
function exitCodeOf(signal) {
    const number = SIGNALS[signal];
    return number === undefined ? undefined : 128 + number;
}
const SIGNAL_NAMES = Object.keys(SIGNALS);


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


/***/ }),

/***/ 438:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runSmoke: () => (/* binding */ runSmoke)
});

// EXTERNAL MODULE: ./build/domain/duration.js
var duration = __webpack_require__(4953);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/smoke/exit-codes.js
var exit_codes = __webpack_require__(2219);
// EXTERNAL MODULE: ./build/smoke/pattern.js
var smoke_pattern = __webpack_require__(8832);
// EXTERNAL MODULE: ./build/smoke/text.js
var smoke_text = __webpack_require__(5291);
;// CONCATENATED MODULE: ./build/smoke/checks/exec.js




/** Compares what a command did with what was expected; pure. */
function judgeExec(result, ms, check) {
    const fault = faultOf(result, ms, check);
    if (fault === undefined)
        return { passed: true, detail: `exit code ${String(result.exitCode)} in ${(0,duration/* formatDuration */.a)(ms)}` };
    const output = (0,smoke_text/* excerpt */.Kb)([result.stderr, result.stdout].filter((text) => text.trim() !== '').join(' | '));
    return { passed: false, detail: `${fault}${output === '' ? ', no output' : `, output: ${output}`}` };
}
function faultOf(result, ms, check) {
    if (!check.exit.includes(result.exitCode)) {
        return `expected exit code ${check.exit.join(' or ')}, got ${(0,exit_codes/* exitText */.iJ)(result.exitCode).replace('entrypoint', 'program')}`;
    }
    const patterns = (0,smoke_pattern/* broken */.mw)(check.stdout, result.stdout, 'stdout') ?? (0,smoke_pattern/* broken */.mw)(check.stderr, result.stderr, 'stderr');
    if (patterns !== undefined)
        return patterns;
    if (check.within !== undefined && ms > check.within) {
        return `it took ${(0,duration/* formatDuration */.a)(ms)}, expected within ${(0,duration/* formatDuration */.a)(check.within)}`;
    }
    return undefined;
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./build/smoke/checks/file.js


/** Compares a file copied out of the container with what was expected; pure. */
function judgeFile(file, check) {
    if (!file)
        return { passed: !check.exists, detail: `${check.path} does not exist` };
    if (!check.exists)
        return { passed: false, detail: `${check.path} exists, but must not` };
    const fault = file_faultOf(file, check);
    return { passed: fault === undefined, detail: fault ?? `mode ${octal(file.mode)}, ${String(file.size)} bytes` };
}
function file_faultOf(file, check) {
    if (check.mode !== undefined && (file.mode & 0o7777) !== check.mode) {
        return `its mode is ${octal(file.mode)}, expected ${octal(check.mode)}`;
    }
    for (const owner of ['uid', 'gid']) {
        const expected = check[owner];
        if (expected !== undefined && file[owner] !== expected) {
            return `its ${owner} is ${String(file[owner])}, expected ${String(expected)}`;
        }
    }
    if (check.sha256 !== undefined) {
        const actual = (0,external_node_crypto_.createHash)('sha256').update(file.content).digest('hex');
        if (actual !== check.sha256)
            return `its SHA-256 is ${actual}, expected ${check.sha256}`;
    }
    if (check.content.length === 0)
        return undefined;
    return (0,smoke_pattern/* broken */.mw)(check.content, Buffer.from(file.content).toString('utf8'), 'its content');
}
function octal(mode) {
    return (mode & 0o7777).toString(8).padStart(4, '0');
}

// EXTERNAL MODULE: ./build/smoke/checks/http.js + 1 modules
var http = __webpack_require__(5193);
;// CONCATENATED MODULE: ./build/smoke/checks/image.js


/** Compares the image's configuration with what was expected; pure. */
function judgeImage(facts, check) {
    const fault = image_faultOf(facts, check);
    return { passed: fault === undefined, detail: fault ?? `${facts.platform}, ${megabytes(facts.size)}` };
}
function image_faultOf(facts, check) {
    const user = check.user.find((pattern) => !holdsForUser(pattern, facts.user));
    if (user)
        return `its user is ${facts.user === '' ? 'root (none is set)' : facts.user}, expected ${user.source}`;
    const port = check.ports.find((candidate) => !facts.exposedPorts.includes(candidate));
    if (port !== undefined)
        return `it does not expose ${port}, only ${facts.exposedPorts.join(', ') || 'nothing'}`;
    for (const [name, patterns] of Object.entries(check.labels)) {
        const value = facts.labels[name];
        const what = value === undefined ? `absent label ${name}` : `label ${name}: ${(0,smoke_text/* excerpt */.Kb)(value, 120)}`;
        const fault = (0,smoke_pattern/* broken */.mw)(patterns, value ?? '', what);
        if (fault !== undefined)
            return fault;
    }
    if (check.platform !== undefined && facts.platform !== check.platform) {
        return `its platform is ${facts.platform}, expected ${check.platform}`;
    }
    if (check.maxSize !== undefined && facts.size > check.maxSize) {
        return `it has ${megabytes(facts.size)}, expected at most ${megabytes(check.maxSize)}`;
    }
    return undefined;
}
/** `root`, `0` and no user at all are the same; other names are compared whole, without the group. */
function holdsForUser(pattern, user) {
    const name = user.split(':')[0] ?? '';
    const isRoot = name === '' || name === '0' || name === 'root';
    if (typeof pattern.needle !== 'string')
        return (0,smoke_pattern/* holds */.v9)(pattern, isRoot ? 'root' : user);
    const wanted = pattern.needle;
    const same = wanted === 'root' || wanted === '0' ? isRoot : wanted === user || wanted === name;
    return same !== pattern.absent;
}
function megabytes(bytes) {
    return `${(bytes / 1_000_000).toFixed(1).replace(/\.0$/, '')} MB`;
}

// EXTERNAL MODULE: ./build/smoke/poll.js
var poll = __webpack_require__(7701);
// EXTERNAL MODULE: ./build/smoke/probe/http.js
var probe_http = __webpack_require__(6391);
// EXTERNAL MODULE: ./build/smoke/probe/tcp.js
var tcp = __webpack_require__(7996);
;// CONCATENATED MODULE: ./build/smoke/probe/reach.js
/** The most that a second way may take, as it may lead nowhere: an address that only the engine's machine can route. */
const SECOND_WAY = 500;
/** Ways to the container's ports, in the order in which they are tried. */
function ways(state, port, probe) {
    const host = state.ports[`${String(port)}/tcp`];
    const published = host === undefined ? [] : [{ host: '127.0.0.1', port: host, published: true }];
    const direct = state.addresses.map((address) => ({ host: address, port, published: false }));
    if (probe === 'host')
        return published;
    return probe === 'auto' ? [...published, ...direct] : direct;
}
/**
 * Tries the ways one after another until one brings more than trouble with the connection.
 * @param attempt one try with its own time limit
 */
async function through(choices, timeout, attempt) {
    const [first, ...others] = choices;
    if (!first)
        return { trouble: { kind: 'unreachable', text: 'the port is neither published nor has the container an address' } };
    const result = await attempt(first, timeout);
    if (!isLost(result))
        return result;
    for (const way of others) {
        const other = await attempt(way, Math.min(timeout, SECOND_WAY));
        if (!isLost(other))
            return other;
        // The container's own refusal says more than the proxy's hanging up.
        if (result.trouble.kind === 'closed' && other.trouble.kind === 'refused')
            return other;
    }
    return result;
}
function isLost(result) {
    if (!('trouble' in result))
        return false;
    const { kind } = result.trouble;
    return kind === 'refused' || kind === 'closed' || kind === 'unreachable';
}

// EXTERNAL MODULE: ./build/smoke/spec.js
var smoke_spec = __webpack_require__(4203);
// EXTERNAL MODULE: ./build/smoke/failure.js
var smoke_failure = __webpack_require__(24);
;// CONCATENATED MODULE: ./build/smoke/verdict.js



const WRONG_PLATFORM = /exec format error|exec user process caused.*format/i;
/**
 * Why a container can never pass any more; undefined while it may. Pure.
 * @param oneShot exit codes with which it is meant to end; undefined: it must keep running
 */
function certainFailure(state, who, options) {
    const after = ` after ${(0,duration/* formatDuration */.a)(options.elapsed)}`;
    if (state.oomKilled)
        return { code: 'smoke-oom', what: `${who} ran out of memory and was killed${after}` };
    if (WRONG_PLATFORM.test(state.error))
        return wrongPlatform(who, state.error);
    if (state.restartCount > 0) {
        const last = state.exitCode === 0 ? '' : `; the last end was ${(0,exit_codes/* exitText */.iJ)(state.exitCode)}`;
        return { code: 'smoke-restarted', what: `${who} restarted ${String(state.restartCount)} times${last}` };
    }
    if (state.status === 'exited' || state.status === 'dead') {
        if (options.oneShot?.includes(state.exitCode))
            return undefined;
        return { code: 'smoke-exited', what: exitedText(state, who, options), ...fixFor(state, options.oneShot) };
    }
    if (state.health?.status === 'unhealthy')
        return unhealthy(state, who);
    return undefined;
}
function wrongPlatform(who, words) {
    return { code: 'smoke-wrong-platform', what: `${who} cannot be executed here: ${(0,smoke_text/* excerpt */.Kb)(words)}` };
}
/** A wrong architecture that only the log tells: the shell or init of the container says it and exits. */
function betterReason(reason, logs) {
    const line = reason.code === 'smoke-exited' ? logs.slice(-5).find((text) => WRONG_PLATFORM.test(text)) : undefined;
    return line === undefined ? reason : wrongPlatform('the container', line);
}
function exitedText(state, who, { oneShot, ready, elapsed }) {
    const when = ready
        ? `after it was ready, ${(0,duration/* formatDuration */.a)(elapsed)} after its start`
        : `after ${(0,duration/* formatDuration */.a)(elapsed)}, before it was ready`;
    const wanted = oneShot ? `; expected exit code ${oneShot.join(' or ')}` : '';
    const error = state.error === '' ? '' : `: ${(0,smoke_text/* excerpt */.Kb)(state.error)}`;
    return `${who} exited ${when}, with ${(0,exit_codes/* exitText */.iJ)(state.exitCode)}${error}${wanted}`;
}
function fixFor(state, oneShot) {
    if (state.exitCode !== 0 || oneShot)
        return {};
    return { fix: 'A service must run in the foreground; for an image that is meant to end, set startup: {ready: exit}.' };
}
function unhealthy(state, who) {
    return { code: 'smoke-unhealthy', what: `the HEALTHCHECK of ${who} says unhealthy${lastHealth(state, ': ')}` };
}
/** The last entry of the health log: exit code and output. */
function lastHealth(state, before) {
    const last = state.health?.log.at(-1);
    if (!last)
        return '';
    const output = (0,smoke_text/* excerpt */.Kb)(last.output);
    return `${before}its last probe ended with ${(0,exit_codes/* exitText */.iJ)(last.exitCode).replace('entrypoint', 'command')}${output === '' ? '' : `, ${output}`}`;
}

;// CONCATENATED MODULE: ./build/smoke/subject.js



/** Between two looks when no event says that something changed. */
const LOOK_EVERY = 2000;
async function startSubject(options) {
    const { id, who, facts, oneShot, runtime, clock, life } = options;
    const blame = options.blame ?? ((reason) => reason);
    const failure = (reason) => new smoke_failure/* SmokeFailure */.k(blame(reason), id);
    await life.guard(runtime.start(id)).catch((thrown) => {
        throw startFailure(thrown, who, failure);
    });
    const started = clock.now();
    let ready = false;
    let released = false;
    let state;
    const look = async () => {
        state = await runtime.inspect(id);
        if (!state)
            throw failure({ code: 'smoke-exited', what: `${who} was removed from outside` });
        if (released)
            return state;
        const elapsed = clock.now() - started;
        const reason = certainFailure(state, who, { ready, elapsed, ...(oneShot ? { oneShot } : {}) });
        if (reason)
            throw failure(reason);
        return state;
    };
    const watch = async () => {
        while (!life.signal.aborted && !released && state?.status !== 'exited') {
            await runtime.changed(id, LOOK_EVERY, life.signal);
            if (!life.signal.aborted && !released)
                await look();
        }
    };
    const first = await life.guard(look());
    watch().catch((thrown) => life.end(thrown));
    return {
        id,
        who,
        facts,
        state: () => state ?? first,
        look,
        markReady: () => {
            ready = true;
        },
        release: () => {
            released = true;
        },
    };
}
const TROUBLE = ['engine-unreachable', 'cancelled', 'internal-error'];
/** The engine's, the run's or our own trouble: no verdict on the image. */
function isTrouble(thrown) {
    return !(thrown instanceof deploy_error/* DeployError */.sH) || TROUBLE.includes(thrown.code);
}
/** A refused create or start is the image's or the file's fault, unless the engine itself is gone. */
function startFailure(thrown, who, failure) {
    if (isTrouble(thrown) || !(thrown instanceof deploy_error/* DeployError */.sH))
        return thrown;
    if (/exec format error/i.test(thrown.what) || thrown.code === 'smoke-wrong-platform') {
        return failure(wrongPlatform(who, thrown.what));
    }
    return failure({ code: 'smoke-cannot-start', what: `${who} cannot start: ${thrown.what}`, evidence: thrown.evidence });
}

;// CONCATENATED MODULE: ./build/smoke/readiness.js










/** The longest single probe while waiting. */
const PROBE = 5000;
/** A published port takes connections before anybody listens: they must last. */
const HOLD = 50;
const LOG_TAIL = 10_000;
function conditionOf(ready, facts, role) {
    if (ready.kind !== 'auto')
        return ready;
    if (facts.healthcheck)
        return { kind: 'healthcheck' };
    const ports = exposed(facts);
    const [port] = ports;
    if (port === undefined)
        return { kind: 'up' };
    return ports.length === 1 && role === 'app' ? { kind: 'port', port } : { kind: 'ports', ports };
}
/** Exposed TCP ports, lowest first. */
function exposed(facts) {
    const ports = facts.exposedPorts
        .filter((port) => !/\/(?:udp|sctp)$/.test(port))
        .map((port) => Number.parseInt(port, 10));
    return ports.sort((a, b) => a - b);
}
function portsOf(condition) {
    switch (condition.kind) {
        case 'http':
            return [condition.probe.port];
        case 'tcp':
        case 'port':
            return [condition.port];
        case 'ports':
            return condition.ports;
        case 'healthcheck':
        case 'log':
        case 'exec':
        case 'exit':
        case 'up':
            return [];
    }
}
function describe(condition) {
    switch (condition.kind) {
        case 'healthcheck':
            return 'HEALTHCHECK';
        case 'http':
            return `${condition.probe.method} ${condition.probe.port === undefined ? '' : `:${String(condition.probe.port)}`}${condition.probe.path}`;
        case 'port':
            return `GET :${String(condition.port)}/ below 500`;
        case 'tcp':
            return `tcp ${String(condition.port)}`;
        case 'ports':
            return `tcp ${condition.ports.join(' or ')}`;
        case 'log':
            return `log ${condition.patterns.map(({ source }) => source).join(', ')}`;
        case 'exec':
            return `exec ${condition.argv.join(' ')}`;
        case 'exit':
            return `exit ${condition.codes.join(' or ')}`;
        case 'up':
            return 'runs';
    }
}
/** Waits until the condition holds; certain failures end the life of the test elsewhere. */
function awaitReady(subject, condition, around, within, tell) {
    return (0,poll/* poll */.w)((remaining) => asked(subject, () => attempt(subject, condition, around, Math.min(PROBE, remaining))), {
        clock: around.clock,
        signal: around.signal,
        for: within,
        pause: poll/* eager */.n,
        onFailed: (detail, elapsed) => tell(`${subject.who} is not ready: ${detail}`, elapsed),
    });
}
async function attempt(subject, condition, around, limit) {
    switch (condition.kind) {
        case 'up':
            return { passed: true, detail: 'it runs' };
        case 'exit': {
            const state = subject.state();
            const ended = state.status === 'exited';
            return { passed: ended, detail: ended ? `ended with exit code ${String(state.exitCode)}` : 'it still runs' };
        }
        case 'healthcheck':
            return healthcheck(subject, around, limit);
        case 'http':
            return (0,http/* judgeHttp */.i)(await ask(subject, condition.probe, around, limit), condition.expect);
        case 'port':
            return onlyPort(subject, condition.port, around, limit);
        case 'tcp':
            return listens(subject, condition.port, around, limit);
        case 'ports':
            return anyPort(subject, condition.ports, around, limit);
        case 'log': {
            const lines = await around.runtime.logs(subject.id, LOG_TAIL);
            const fault = (0,smoke_pattern/* broken */.mw)(condition.patterns, lines.join('\n'), 'the log');
            return { passed: fault === undefined, detail: fault ?? 'the log says so' };
        }
        case 'exec':
            return command(subject, condition.argv, around, limit);
    }
}
/** The engine's word, or sooner: the image's own command, run by us. */
async function healthcheck(subject, around, limit) {
    if (!subject.facts.healthcheck)
        return { passed: false, final: true, detail: 'the image has no HEALTHCHECK' };
    const state = subject.state();
    if (state.health?.status === 'healthy')
        return { passed: true, detail: 'the engine says healthy' };
    const [kind, ...words] = subject.facts.healthcheckTest ?? [];
    const argv = kind === 'CMD' ? words : kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : [];
    if (argv.length > 0)
        return command(subject, argv, around, limit);
    return { passed: false, detail: `health is ${state.health?.status ?? 'unknown'}${lastHealth(state, '; ')}` };
}
async function command(subject, argv, around, limit) {
    const signal = AbortSignal.any([around.signal, AbortSignal.timeout(limit)]);
    try {
        const { exitCode, stdout, stderr } = await around.runtime.exec(subject.id, argv, signal);
        const output = (0,smoke_text/* excerpt */.Kb)(`${stderr} ${stdout}`);
        return {
            passed: exitCode === 0,
            detail: `${argv.join(' ')}: exit code ${String(exitCode)}${output && `, ${output}`}`,
        };
    }
    catch (thrown) {
        if (around.signal.aborted || !signal.aborted)
            throw thrown;
        return { passed: false, detail: `${argv.join(' ')}: no answer in time` };
    }
}
/** What the engine refuses while the container ends is the container's end; what else it refuses is a failed attempt. */
async function asked(subject, attempt) {
    try {
        return await attempt();
    }
    catch (thrown) {
        await subject.look();
        if (isTrouble(thrown))
            throw thrown;
        return { passed: false, detail: thrown instanceof Error ? thrown.message : String(thrown) };
    }
}
async function onlyPort(subject, port, around, limit) {
    const probe = { scheme: 'http', method: 'GET', port, path: '/', headers: {}, body: undefined };
    const result = await ask(subject, probe, around, limit);
    if ('trouble' in result && result.trouble.kind === 'not-http') {
        return { passed: true, detail: `port ${String(port)} answers, in another protocol than HTTP` };
    }
    return (0,http/* judgeHttp */.i)(result, BELOW);
}
const BELOW = (0,smoke_spec/* expecting */.Kk)(smoke_spec/* BELOW_500 */.WJ);
async function anyPort(subject, ports, around, limit) {
    const attempts = await Promise.all(ports.map((port) => listens(subject, port, around, limit)));
    return attempts.find(({ passed }) => passed) ?? attempts[0] ?? { passed: false, detail: 'no port is exposed' };
}
async function listens(subject, port, around, limit) {
    const result = await through(ways(subject.state(), port, around.probe), limit, async (way, timeout) => {
        const trouble = await (0,tcp/* connects */.Q)(way, { timeout, hold: way.published ? HOLD : 0, signal: around.signal });
        return trouble ? { trouble } : {};
    });
    return 'trouble' in result
        ? { passed: false, detail: `port ${String(port)}: ${result.trouble.text}` }
        : { passed: true, detail: `port ${String(port)} takes connections` };
}
/** One HTTP request to the container. Without a port: the exposed one, the lowest of several. */
async function ask(subject, probe, around, limit) {
    const port = probe.port ?? exposed(subject.facts)[0];
    if (port === undefined) {
        const text = 'the image exposes no port and the check names none: write :PORT before the path';
        return { trouble: { kind: 'other', text } };
    }
    return through(ways(subject.state(), port, around.probe), limit, (way, timeout) => (0,probe_http/* request */.E)(probe, { scheme: probe.scheme, host: way.host, port: way.port, hostHeader: `localhost:${String(port)}`, verify: false }, { timeout, signal: around.signal }));
}

;// CONCATENATED MODULE: ./build/smoke/check.js









/** The longest single probe of a check that sets no longer one. */
const check_PROBE = 10_000;
/** Timers may fire this much before the clock says so. */
const TIMER_SLACK = 20;
/** Runs one check against a ready container: once, or until its retry time is up. */
function runCheck(subject, check, around) {
    const { clock, signal } = around;
    const { retry } = check;
    return (0,poll/* poll */.w)((remaining) => asked(subject, () => check_attempt(subject, check, around, retry ? Math.min(check_PROBE, remaining) : check_PROBE)), {
        clock,
        signal,
        for: retry?.for ?? 0,
        pause: () => retry?.every ?? 0,
    });
}
async function check_attempt(subject, check, around, limit) {
    const { runtime, clock, signal } = around;
    switch (check.kind) {
        case 'http': {
            const longest = Math.max(limit, (check.expect.within ?? 0) * 2);
            return (0,http/* judgeHttp */.i)(await ask(subject, check.probe, around, longest), check.expect);
        }
        case 'tcp':
            return listens(subject, check.port, around, limit);
        case 'exec': {
            const started = clock.now();
            const result = await runtime.exec(subject.id, check.argv, signal);
            return judgeExec(result, clock.now() - started, check);
        }
        case 'file':
            return judgeFile(await runtime.file(subject.id, check.path), check);
        case 'image':
            return judgeImage(subject.facts, check);
        case 'log': {
            const lines = await runtime.logs(subject.id, LOG_TAIL);
            const fault = (0,smoke_pattern/* broken */.mw)(check.patterns, lines.join('\n'), 'the log');
            return { passed: fault === undefined, detail: fault ?? `${String(lines.length)} lines` };
        }
        case 'stop':
            return stop(subject, check, around);
    }
}
async function stop(subject, check, { runtime, clock }) {
    subject.release();
    const started = clock.now();
    await runtime.stop(subject.id, check.signal, check.within);
    const ms = clock.now() - started;
    const { exitCode } = await subject.look();
    // Killed by the engine at the end of its time, not by a signal that the check itself sends.
    if (exitCode === 137 && check.signal !== 'SIGKILL' && ms >= check.within - TIMER_SLACK) {
        return {
            passed: false,
            detail: `it still ran ${(0,duration/* formatDuration */.a)(check.within)} after ${check.signal} and had to be killed: as process 1 it gets no default handling of signals`,
        };
    }
    if (!check.exit.includes(exitCode)) {
        return { passed: false, detail: `expected exit code ${check.exit.join(' or ')}, got ${(0,exit_codes/* exitText */.iJ)(exitCode)}` };
    }
    return { passed: true, detail: `ended in ${(0,duration/* formatDuration */.a)(ms)} with exit code ${String(exitCode)}` };
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
;// CONCATENATED MODULE: ./build/smoke/network.js


/**
 * A network of the test's own, only where it is needed: a bridge costs time. A program that runs in a container of the
 * same engine joins it: from there, neither published ports nor addresses on other networks can be reached.
 */
async function privateNetwork(stage) {
    const { spec, ground, around } = stage;
    const beside = await siblingContainer(stage);
    if (spec.services.length === 0 && !spec.internal && beside === undefined)
        return undefined;
    const network = await ground.network(spec.internal);
    if (beside !== undefined) {
        await ground.join(network, beside);
        stage.around = { ...around, probe: 'sidecar' };
    }
    return network;
}
/** @throws DeployError not-supported when the file asks for it and there is none */
async function siblingContainer({ spec, runtime, self }) {
    if (spec.probe !== 'auto' && spec.probe !== 'sidecar')
        return undefined;
    const own = self ?? (await ownContainer());
    // Another engine's container, as in Docker within Docker, is nothing that this one could connect.
    if (own !== undefined && runtime.connect && (await runtime.inspect(own)))
        return own;
    if (spec.probe === 'auto')
        return undefined;
    throw new deploy_error/* DeployError */.sH('not-supported', 'probe: sidecar needs a job that runs in a container of this engine', {
        fix: 'Leave probe out: the published port and the container’s address are tried in turn.',
    });
}
async function ownContainer() {
    const mounts = await (0,promises_.readFile)('/proc/self/mountinfo', 'utf8').catch(() => '');
    return /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf)/.exec(mounts)?.[1];
}

// EXTERNAL MODULE: external "node:process"
var external_node_process_ = __webpack_require__(1708);
;// CONCATENATED MODULE: ./build/smoke/platform.js




/** Architectures whose programs another one runs by itself. */
const RUNS = { amd64: ['386'], arm64: ['arm'] };
/** Names under which emulators register with Linux. */
const EMULATORS = {
    amd64: 'x86_64',
    '386': 'i386',
    arm64: 'aarch64',
    arm: 'arm',
    ppc64le: 'ppc64le',
    s390x: 's390x',
    riscv64: 'riscv64',
    loong64: 'loongarch64',
};
const HANDLERS = '/proc/sys/fs/binfmt_misc';
/** Whether an engine of that platform runs the image: by itself, or by an emulator that is registered here. */
async function canRun(image, engine, handlers = registered) {
    const [system, architecture = ''] = image.split('/');
    const [engineSystem, engineArchitecture = ''] = engine.split('/');
    // An engine or image that does not say what it is gets the benefit of the doubt: the start will tell.
    if (!architecture || !engineArchitecture)
        return true;
    if (system !== engineSystem)
        return false;
    if (architecture === engineArchitecture || RUNS[engineArchitecture]?.includes(architecture))
        return true;
    const emulator = EMULATORS[architecture];
    return emulator !== undefined && (await handlers()).some((name) => name === `qemu-${emulator}` || name === 'rosetta');
}
async function registered() {
    return (0,promises_.readdir)(HANDLERS).catch(() => []);
}
/** The image's facts; a failure where this engine certainly cannot run it. */
async function imageFacts(stage) {
    const { runtime, image, spec } = stage;
    const facts = image.facts ?? (await runtime.image(image.reference));
    if (!facts)
        throw new deploy_error/* DeployError */.sH('image-not-found', `the engine does not have ${image.reference}`);
    const local = `linux/${external_node_process_.arch === 'x64' ? 'amd64' : external_node_process_.arch}`;
    // Asking the engine costs more than the test of a tiny image: only where this machine is of another kind.
    if (facts.platform === (stage.platform ?? local) || facts.platform === spec.container.platform)
        return facts;
    const engine = stage.platform ?? (await runtime.info()).platform;
    if (await canRun(facts.platform, engine))
        return facts;
    throw new smoke_failure/* SmokeFailure */.k({
        code: 'smoke-wrong-platform',
        what: `the image is for ${facts.platform}, the engine runs ${engine} and no emulator is registered`,
        fix: `Build for ${engine}, add docker/setup-qemu-action, or say container: {platform: ${facts.platform}} if the engine emulates it.`,
    });
}

// EXTERNAL MODULE: ./build/smoke/report.js
var report = __webpack_require__(7726);
// EXTERNAL MODULE: ./build/domain/labels.js
var domain_labels = __webpack_require__(3802);
;// CONCATENATED MODULE: ./build/smoke/ground.js


/** How long after its latest end a left-over may be swept. */
const GRACE = 3_600_000;
function prepareGround(options) {
    const { runtime, run, clock, reporter } = options;
    const prefix = `imd-smoke-${(0,domain_labels/* runKey */.r7)(run).replace(/[^a-zA-Z0-9_.-]/g, '-')}-${(0,external_node_crypto_.randomBytes)(4).toString('hex')}`;
    const expires = new Date(clock.now() + options.timeout + GRACE).toISOString();
    const labels = { [domain_labels/* LABEL */.d_.run]: (0,domain_labels/* runKey */.r7)(run), [domain_labels/* LABEL */.d_.expires]: expires };
    const networks = [];
    const containers = [];
    const joined = [];
    let cleared;
    const attempt = async (what, work) => {
        try {
            await work();
        }
        catch (thrown) {
            const detail = thrown instanceof Error ? thrown.message : String(thrown);
            reporter.emit({ type: 'warning', text: `${what} could not be removed and expires at ${expires}: ${detail}` });
        }
    };
    const clear = async () => {
        await Promise.all((await made(containers)).map((id) => attempt(`container ${id}`, () => runtime.remove(id))));
        await Promise.all((await made(joined)).map(({ network, container }) => attempt(`network ${network}`, () => runtime.disconnect?.(network, container))));
        await Promise.all((await made(networks)).map((id) => attempt(`network ${id}`, () => runtime.removeNetwork(id))));
    };
    return {
        network: (internal) => remember(networks, runtime.createNetwork(prefix, labels, internal)),
        container: (role, spec) => remember(containers, runtime.create({ ...spec, name: `${prefix}-${role}`, labels })),
        join: async (network, container) => {
            const connected = async () => {
                await runtime.connect?.(network, container);
                return { network, container };
            };
            await remember(joined, connected());
        },
        clear: () => (cleared ??= clear()),
        sweep: async () => {
            await runtime.sweep('expired').catch(() => undefined);
        },
    };
}
function remember(list, made) {
    list.push(made);
    return made;
}
/** Also what was still under way when the test ended. */
async function made(list) {
    const settled = await Promise.allSettled(list);
    return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

// EXTERNAL MODULE: ./build/smoke/life.js
var smoke_life = __webpack_require__(8890);
;// CONCATENATED MODULE: ./build/smoke/stage.js







/** @throws DeployError invalid-input when secrets have no value */
function setUp(options) {
    const { spec, runtime, clock, reporter, signal, run, env } = options;
    const faults = (0,smoke_spec/* missingSecrets */.mO)(spec, env);
    if (faults.length > 0)
        throw new deploy_error/* DeployError */.sH('invalid-input', 'the smoke test lacks secrets', { faults });
    const names = (0,smoke_spec/* secretNames */.XG)(spec);
    const clean = (0,smoke_text/* cleaner */.ZS)([...names.map((name) => env[name] ?? ''), ...(options.secrets ?? [])]);
    const life = (0,smoke_life/* beginLife */.w)(clock, signal);
    return {
        ...options,
        life,
        clean,
        ground: prepareGround({ runtime, run, clock, reporter, timeout: spec.timeout }),
        around: { runtime, clock, signal: life.signal, probe: spec.probe },
        doing: 'preparing',
        running: new Set(),
        results: new report/* Results */.nB(['ready'], reporter, clean),
    };
}
function containerSpec(stage, condition, facts, network) {
    const { spec, image } = stage;
    const asked = [...portsOf(condition), ...spec.checks.flatMap(portsOfCheck)];
    const ports = new Set(asked.flatMap((port) => port ?? exposed(facts)[0] ?? []));
    return {
        image: image.reference,
        ...optionsOf(stage, spec.container),
        ...(network === undefined ? {} : { network: { id: network, aliases: spec.container.aliases } }),
        ...publish(stage, [...ports]),
    };
}
function portsOfCheck(check) {
    if (check.kind === 'http')
        return [check.probe.port];
    return check.kind === 'tcp' ? [check.port] : [];
}
function publish({ spec, around }, ports) {
    const useful = (around.probe === 'auto' || around.probe === 'host') && !spec.internal;
    return useful && ports.length > 0 ? { publish: ports.map((port) => `${String(port)}/tcp`) } : {};
}
function optionsOf({ env }, options) {
    const secrets = Object.fromEntries(options.secrets.map((name) => [name, env[name] ?? '']));
    return {
        env: { ...options.env, ...secrets },
        ...(options.args ? { args: options.args } : {}),
        ...(options.entrypoint ? { entrypoint: options.entrypoint } : {}),
        ...(options.user === undefined ? {} : { user: options.user }),
        ...(options.readOnly ? { readOnly: true } : {}),
        ...(options.memory === undefined ? {} : { memory: options.memory }),
    };
}

;// CONCATENATED MODULE: ./build/smoke/services.js







const blame = (reason) => ({ ...reason, code: 'smoke-service-failed' });
const failure = (reason, id) => new smoke_failure/* SmokeFailure */.k(blame(reason), id);
function pullServices(stage) {
    return Promise.all(stage.spec.services.map(async (service) => ({ service, facts: await pull(stage, service) })));
}
/** Starts all dependency services side by side and waits until each is ready. */
async function startServices(stage, services, network) {
    if (network === undefined)
        return;
    await Promise.all(services.map((service) => startService(stage, service, network)));
}
async function startService(stage, { service, facts }, network) {
    const { runtime, clock, life, ground, spec } = stage;
    const who = `service ${service.name}`;
    const condition = conditionOf(service.ready, facts, 'service');
    stage.doing = `${who} started`;
    const ports = portsOf(condition).flatMap((port) => port ?? exposed(facts)[0] ?? []);
    const created = ground.container(service.name, {
        image: service.image,
        ...optionsOf(stage, service),
        network: { id: network, aliases: service.aliases },
        ...publish(stage, ports),
    });
    const id = await created.catch((thrown) => {
        throw startFailure(thrown, who, failure);
    });
    const oneShot = condition.kind === 'exit' ? condition.codes : undefined;
    const subject = await startSubject({ id, who, facts, oneShot, runtime, clock, life, blame });
    stage.doing = `waiting for ${who}: ${describe(condition)}`;
    const tell = (0,report/* teller */.FW)(stage.reporter, 'smoke', stage.clean);
    const ready = await awaitReady(subject, condition, stage.around, spec.startup.within, tell);
    if (!ready.passed) {
        const what = `${who} was not ready within ${(0,duration/* formatDuration */.a)(spec.startup.within)} (${describe(condition)}): ${ready.detail}`;
        throw failure({ code: 'smoke-service-failed', what }, id);
    }
    subject.markReady();
}
async function pull(stage, service) {
    const { runtime, life } = stage;
    const present = await runtime.image(service.image);
    if (present)
        return present;
    stage.reporter.emit({ type: 'progress', step: 'smoke', text: `pulling ${service.image}` });
    stage.doing = `${service.image} was pulled`;
    try {
        await runtime.pullReference(service.image, life.signal);
    }
    catch (thrown) {
        if (isTrouble(thrown) || !(thrown instanceof deploy_error/* DeployError */.sH))
            throw thrown;
        const what = `the image of service ${service.name} cannot be pulled: ${thrown.what}`;
        throw failure({ code: 'smoke-service-failed', what, fix: thrown.fix });
    }
    const facts = await runtime.image(service.image);
    if (!facts)
        throw failure({ code: 'smoke-service-failed', what: `the engine does not have ${service.image} after its pull` });
    return facts;
}

;// CONCATENATED MODULE: ./build/smoke/run.js














const LIMIT = 4;
const LOG_LINES = 200;
const EVIDENCE_LINES = 20;
/**
 * Runs the image in a throwaway container and checks it. A failed check is a report, not an error.
 * @throws DeployError when the engine is in trouble, a secret has no value, or the run was cancelled: nothing is left then
 */
async function runSmoke(options) {
    (0,deploy_error/* throwIfAborted */.Te)(options.signal);
    const started = options.clock.now();
    const stage = setUp(options);
    const { life, ground, clock } = stage;
    let reason;
    let logs = [];
    try {
        await conduct(stage);
        logs = await lastLines(stage, stage.subject?.id);
        reason = (0,report/* reasonOf */.A3)(stage.results, stage.results.all().length, 'smoke-check-failed');
    }
    catch (thrown) {
        if (!(thrown instanceof smoke_failure/* SmokeFailure */.k)) {
            life.close();
            await ground.clear();
            throw thrown;
        }
        logs = await lastLines(stage, thrown.container);
        reason = betterReason(thrown.reason, logs);
    }
    life.close();
    return {
        passed: reason === undefined,
        ...(reason ? { reason: withEvidence(reason, logs, stage.clean) } : {}),
        checks: stage.results.all(),
        logs,
        readyMs: stage.readyMs,
        ms: clock.now() - started,
        cleanup: Promise.all([ground.clear(), ground.sweep()]).then(() => undefined),
    };
}
async function conduct(stage) {
    const { spec, life, ground } = stage;
    const facts = await life.guard(imageFacts(stage));
    const condition = conditionOf(spec.startup.ready, facts, 'app');
    const oneShot = condition.kind === 'exit' ? condition.codes : undefined;
    const names = spec.checks.map(({ name }) => name);
    const last = oneShot ? [] : ['still running'];
    stage.results = new report/* Results */.nB([`ready: ${describe(condition)}`, ...names, ...last], stage.reporter, stage.clean);
    const services = await life.guard(pullServices(stage));
    life.limit(spec.timeout, () => tooLate(stage));
    const network = await life.guard(privateNetwork(stage));
    const created = ground.container('app', containerSpec(stage, condition, facts, network));
    await life.guard(Promise.all([startServices(stage, services, network), created.catch((thrown) => refuse(thrown))]));
    const subject = await begin(stage, await created, facts, oneShot);
    await becomeReady(stage, subject, condition);
    try {
        await life.guard(checkAll(stage, subject));
    }
    catch (thrown) {
        if (thrown instanceof smoke_failure/* SmokeFailure */.k && last.length > 0)
            noteEnd(stage, thrown.reason.what);
        throw thrown;
    }
}
function tooLate({ spec, doing, running, subject }) {
    const busy = running.size === 0 ? doing : `these checks ran: ${[...running].join(', ')}`;
    const what = `the smoke test took longer than ${(0,duration/* formatDuration */.a)(spec.timeout)}, while ${busy}`;
    return new smoke_failure/* SmokeFailure */.k({ code: 'smoke-timeout', what }, subject?.id);
}
function refuse(thrown) {
    throw startFailure(thrown, 'the container', (reason) => new smoke_failure/* SmokeFailure */.k(reason));
}
async function begin(stage, id, facts, oneShot) {
    const { runtime, clock, life } = stage;
    stage.doing = 'the container started';
    const startedAt = clock.now();
    try {
        stage.subject = await startSubject({ id, who: 'the container', facts, oneShot, runtime, clock, life });
        return stage.subject;
    }
    catch (thrown) {
        if (thrown instanceof smoke_failure/* SmokeFailure */.k)
            noteReady(stage, thrown.reason.what, clock.now() - startedAt);
        throw thrown;
    }
}
async function becomeReady(stage, subject, condition) {
    const { spec, life, around, clock, reporter, clean } = stage;
    const { within, stayUp = condition.kind === 'up' ? smoke_spec/* DEFAULTS */.zY.stayUp : 0 } = spec.startup;
    const startedAt = clock.now();
    stage.doing = `waiting for ${describe(condition)}`;
    let ready;
    try {
        ready = await life.guard(awaitReady(subject, condition, around, within, (0,report/* teller */.FW)(reporter, 'smoke', clean)));
        if (!ready.passed)
            throw notReady(subject, condition, ready, within);
        if (stayUp > 0 && condition.kind !== 'exit')
            await life.guard(stay(stage, subject, stayUp));
    }
    catch (thrown) {
        if (thrown instanceof smoke_failure/* SmokeFailure */.k)
            noteReady(stage, thrown.reason.what, clock.now() - startedAt);
        throw thrown;
    }
    subject.markReady();
    stage.readyMs = clock.now() - startedAt;
    const stayed = stayUp > 0 ? `, stayed up for ${(0,duration/* formatDuration */.a)(stayUp)}` : '';
    stage.results.add(0, { ...ready, detail: `${ready.detail}${stayed}`, ms: stage.readyMs });
}
async function stay({ clock, life }, subject, ms) {
    await clock.sleep(ms, life.signal);
    await subject.look();
}
function notReady(subject, condition, last, within) {
    const tries = `${String(last.attempts)} attempts in ${(0,duration/* formatDuration */.a)(Math.min(last.ms, within))}`;
    const health = condition.kind === 'healthcheck' ? '' : lastHealth(subject.state(), '; HEALTHCHECK: ');
    return new smoke_failure/* SmokeFailure */.k({
        code: 'smoke-not-ready',
        what: `${subject.who} was not ready within ${(0,duration/* formatDuration */.a)(within)} (${describe(condition)}; ${tries}): ${last.detail}${health}`,
    }, subject.id);
}
/** Independent checks side by side, then logs that are waited for, the state, the stop and last the whole log. */
async function checkAll(stage, subject) {
    const { spec, results } = stage;
    const numbered = spec.checks.map((check, index) => ({ check, index: index + 1 }));
    const of = (test) => numbered.filter(({ check }) => test(check));
    const one = async ({ check, index }) => {
        stage.running.add(`"${check.name}"`);
        results.add(index, await runCheck(subject, check, stage.around));
        stage.running.delete(`"${check.name}"`);
    };
    await inParallel(of(({ kind }) => kind !== 'stop' && kind !== 'log'), one);
    await inParallel(of(({ kind, retry }) => kind === 'log' && retry !== undefined), one);
    if (spec.startup.ready.kind !== 'exit')
        await stillRuns(stage, subject);
    for (const check of of(({ kind }) => kind === 'stop'))
        await one(check);
    await inParallel(of(({ kind, retry }) => kind === 'log' && retry === undefined), one);
}
async function stillRuns(stage, subject) {
    const started = stage.clock.now();
    await subject.look();
    const detail = 'running, never restarted, not out of memory';
    const polled = { passed: true, detail, attempts: 1, ms: stage.clock.now() - started };
    stage.results.add(stage.spec.checks.length + 1, polled);
}
async function inParallel(items, work) {
    const queue = [...items];
    const worker = async () => {
        for (let item = queue.shift(); item !== undefined; item = queue.shift())
            await work(item);
    };
    await Promise.all(Array.from({ length: Math.min(LIMIT, items.length) }, worker));
}
function noteReady(stage, detail, ms) {
    if (!stage.results.has(0))
        stage.results.add(0, { passed: false, detail, attempts: 1, ms });
}
function noteEnd(stage, detail) {
    const index = stage.spec.checks.length + 1;
    if (!stage.results.has(index))
        stage.results.add(index, { passed: false, detail, attempts: 1, ms: 0 });
}
/** Never fails: the log is evidence, not a check. */
async function lastLines(stage, id) {
    const container = id ?? stage.subject?.id;
    if (container === undefined)
        return [];
    const lines = await stage.runtime.logs(container, LOG_LINES).catch(() => []);
    return lines.map((line) => stage.clean(line));
}
function withEvidence(reason, logs, clean) {
    const evidence = [...(reason.evidence ?? []), ...logs.slice(-EVIDENCE_LINES)];
    return {
        ...reason,
        what: clean(reason.what),
        ...(evidence.length === 0 ? {} : { evidence: evidence.map(clean) }),
    };
}


/***/ })

};
