export const id = 271;
export const ids = [271];
export const modules = {

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

/***/ 3271:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  parse: () => (/* binding */ parse)
});

// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
// EXTERNAL MODULE: ./build/smoke/spec.js
var smoke_spec = __webpack_require__(4203);
// EXTERNAL MODULE: ./build/smoke/exit-codes.js
var exit_codes = __webpack_require__(2219);
;// CONCATENATED MODULE: ./build/smoke/parse/keys.js
/** Every key of the smoke file, by mapping. schema/smoke.schema.json is tested against these lists. */
const CONTAINER = [
    'env',
    'env-file',
    'secrets',
    'args',
    'entrypoint',
    'user',
    'read-only',
    'memory',
    'platform',
];
const KEYS = {
    document: ['container', 'services', 'internal', 'startup', 'timeout', 'probe', 'checks'],
    container: [...CONTAINER, 'aliases'],
    service: ['image', 'ready', ...CONTAINER],
    startup: ['within', 'ready', 'stay-up'],
    ready: ['healthcheck', 'http', 'tcp', 'log', 'exec', 'exit', 'expect'],
    check: ['http', 'tcp', 'exec', 'file', 'image', 'log', 'stop', 'name', 'expect', 'retry'],
    retry: ['for', 'every'],
    http: ['path', 'port', 'method', 'headers', 'body', 'scheme'],
    expectHttp: ['status', 'headers', 'json', 'body', 'within'],
    expectExec: ['exit', 'stdout', 'stderr', 'within'],
    file: ['path', 'exists', 'mode', 'uid', 'gid', 'sha256', 'content'],
    image: ['user', 'ports', 'labels', 'platform', 'max-size'],
    stop: ['signal', 'within', 'exit'],
};
const CHECK_KINDS = ['http', 'tcp', 'exec', 'file', 'image', 'log', 'stop'];

;// CONCATENATED MODULE: ./build/smoke/parse/http.js


const HTTP_EXAMPLE = 'GET :8080/healthz -> 200';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const SHORT = /^(?:([A-Za-z]+)\s+)?(?::(\d+))?(\/\S*)?(?:\s*->\s*(.+))?$/;
const PORTS = { min: 1, max: 65_535 };
/** `http:` in short or full form, with the `expect:` beside it. */
function readHttp(reader, value, expect) {
    const short = reader.isMapping(value) ? undefined : readShort(reader, value);
    const probe = short ? short.probe : reader.isMapping(value) ? readProbe(reader, value) : undefined;
    const fallback = short?.status ?? smoke_spec/* BELOW_400 */.R0;
    const expectation = expect ? readExpectation(reader, expect, fallback) : (0,smoke_spec/* expecting */.Kk)(fallback);
    if (short?.status && expect && expectation !== undefined && expectation.status !== fallback) {
        reader.fault(expect, 'the status is given twice: after -> and in expect', { example: 'GET :8080/healthz' });
    }
    return probe && expectation ? { probe, expect: expectation } : undefined;
}
function httpName(probe) {
    return `${probe.method} ${probe.port === undefined ? '' : `:${String(probe.port)}`}${probe.path}`;
}
function readPort(reader, value) {
    return reader.integer(value, PORTS, '8080');
}
function readShort(reader, value) {
    const text = reader.text(value, HTTP_EXAMPLE);
    if (text === undefined)
        return undefined;
    const match = SHORT.exec(text.trim());
    const method = match?.[1]?.toUpperCase() ?? 'GET';
    if (!match || text.trim() === '' || !METHODS.includes(method)) {
        return reader.fault(value, 'is no HTTP check: METHOD :PORT/PATH -> STATUS', { example: HTTP_EXAMPLE });
    }
    const port = match[2] === undefined ? undefined : Number(match[2]);
    if (port !== undefined && (port < PORTS.min || port > PORTS.max)) {
        return reader.fault(value, `${String(port)} is no port`, { example: HTTP_EXAMPLE });
    }
    const rules = match[4]?.split(',').map(parseStatus);
    if (rules?.some((rule) => rule === undefined)) {
        return reader.fault(value, `${match[4] ?? ''} is no status`, { example: HTTP_EXAMPLE });
    }
    const probe = { scheme: 'http', method, port, path: match[3] ?? '/', headers: {}, body: undefined };
    return { probe, status: rules?.filter((rule) => rule !== undefined) };
}
function readProbe(reader, value) {
    const example = '{path: /healthz, port: 8080}';
    const fields = reader.fields(value, KEYS.http, example);
    if (!fields)
        return undefined;
    const get = (key, read) => {
        const member = fields.get(key);
        return member && read(member);
    };
    const path = get('path', (member) => readPath(reader, member));
    return {
        scheme: get('scheme', (member) => reader.choice(member, ['http', 'https'])) ?? 'http',
        method: get('method', (member) => reader.choice(member, METHODS)) ?? 'GET',
        port: get('port', (member) => readPort(reader, member)),
        path: path ?? '/',
        headers: get('headers', (member) => readHeaders(reader, member)) ?? {},
        body: get('body', (member) => readBody(reader, member)),
    };
}
function readPath(reader, value) {
    const path = reader.text(value, '/healthz');
    if (path === undefined || /^\/\S*$/.test(path))
        return path;
    return reader.fault(value, 'a path starts with / and has no spaces', { example: '/healthz' });
}
/** Text is sent as it is, a mapping or list as JSON. */
function readBody(reader, value) {
    if (reader.isMapping(value) || reader.isList(value))
        return JSON.stringify(reader.data(value));
    return reader.text(value, '{"name": "smoke"}');
}
function readHeaders(reader, value) {
    const headers = {};
    for (const [name, member] of reader.members(value, '{accept: application/json}') ?? []) {
        const text = reader.text(member, 'application/json');
        if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
            reader.fault(member, `${name} is no header name`);
        else if (text !== undefined && /[\r\n]/.test(text))
            reader.fault(member, 'a header has one line');
        else if (text !== undefined)
            headers[name.toLowerCase()] = text;
    }
    return headers;
}
function readExpectation(reader, value, fallback) {
    const fields = reader.fields(value, KEYS.expectHttp, '{status: 200}');
    if (!fields)
        return undefined;
    if (fields.size === 0)
        return reader.fault(value, 'an empty expectation demands nothing', { example: '{status: 200}' });
    const status = fields.get('status');
    const headers = fields.get('headers');
    const json = fields.get('json');
    const body = fields.get('body');
    const within = fields.get('within');
    return {
        status: (status && readStatus(reader, status)) ?? fallback,
        headers: (headers && readHeaderPatterns(reader, headers)) ?? {},
        json: json && readJson(reader, json),
        body: (body && reader.patterns(body)) ?? [],
        within: within && reader.duration(within, '500ms'),
    };
}
function readJson(reader, value) {
    if (reader.isMapping(value) || reader.isList(value)) {
        const data = reader.data(value);
        if (Object.keys(data).length > 0)
            return data;
    }
    return reader.fault(value, 'must be a mapping or list that the answer contains', { example: '{status: ok}' });
}
function readHeaderPatterns(reader, value) {
    const found = {};
    const members = reader.members(value, '{content-type: /json/}');
    if (members?.size === 0)
        reader.fault(value, 'an empty mapping demands nothing', { example: '{content-type: /json/}' });
    for (const [name, member] of members ?? [])
        found[name.toLowerCase()] = reader.patterns(member) ?? [];
    return found;
}
function readStatus(reader, value) {
    return reader.list(value, '[200, 204]')?.flatMap((item) => {
        const text = reader.text(item, '200');
        const rule = text === undefined ? undefined : parseStatus(text);
        if (text !== undefined && !rule)
            reader.fault(item, 'is no status', { example: '200, "2xx" or "<500"' });
        return rule ? [rule] : [];
    });
}
function parseStatus(written) {
    const text = written.trim();
    if (/^[1-5]\d\d$/.test(text))
        return { from: Number(text), to: Number(text), text };
    if (/^[1-5]xx$/i.test(text)) {
        const hundred = Number(text.charAt(0)) * 100;
        return { from: hundred, to: hundred + 99, text };
    }
    const below = /^<\s*([1-5]\d\d)$/.exec(text);
    return below ? { from: 100, to: Number(below[1]) - 1, text: `below ${below[1] ?? ''}` } : undefined;
}

// EXTERNAL MODULE: ./build/smoke/pattern.js
var pattern = __webpack_require__(8832);
;// CONCATENATED MODULE: ./build/smoke/parse/readiness.js



const EXAMPLE = 'healthcheck, http GET :8080/healthz -> 200, tcp 8080, log /listening/ or exit';
const KINDS = ['healthcheck', 'http', 'tcp', 'log', 'exec', 'exit'];
/** `ready:` as one line (`http GET :8080/ -> 200`) or as a mapping of one kind (`{exec: [pg_isready]}`). */
function readReadiness(reader, value) {
    return reader.isMapping(value) ? readMapping(reader, value) : readLine(reader, value);
}
function readMapping(reader, value) {
    const fields = reader.fields(value, KEYS.ready, EXAMPLE);
    const named = KINDS.filter((kind) => fields?.has(kind));
    const [kind] = named;
    const member = kind && fields?.get(kind);
    if (!fields || !member || named.length > 1)
        return reader.fault(value, 'name exactly one condition', { example: EXAMPLE });
    const expect = fields.get('expect');
    if (expect && kind !== 'http')
        reader.fault(expect, `expect belongs to http, not to ${kind}`);
    return readKind(reader, kind, member, expect);
}
function readKind(reader, kind, value, expect) {
    switch (kind) {
        case 'healthcheck':
            return { kind };
        case 'http': {
            const parts = readHttp(reader, value, expect);
            return parts && { kind, ...parts };
        }
        case 'tcp': {
            const port = readPort(reader, value);
            return port === undefined ? undefined : { kind, port };
        }
        case 'log': {
            const patterns = reader.patterns(value);
            return patterns && { kind, patterns };
        }
        case 'exec': {
            const argv = reader.texts(value, '[pg_isready]');
            return argv && { kind, argv };
        }
        case 'exit':
            return { kind, codes: reader.isEmpty(value) ? [0] : (readCodes(reader, value) ?? [0]) };
    }
}
function readLine(reader, value) {
    const text = reader.text(value, EXAMPLE)?.trim();
    if (text === undefined)
        return undefined;
    const [, kind, rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
    const known = KINDS.find((candidate) => candidate === kind);
    if (known === undefined || (known === 'healthcheck' && rest !== ''))
        return noCondition(reader, value, kind);
    if (rest === '') {
        if (known === 'healthcheck')
            return { kind: known };
        return known === 'exit' ? { kind: known, codes: [0] } : noCondition(reader, value);
    }
    if (known === 'exec')
        return { kind: known, argv: rest.split(/\s+/) };
    if (known === 'log')
        return readLog(reader, value, rest);
    return readKind(reader, known, reader.part(value, rest));
}
function readLog(reader, value, text) {
    try {
        return { kind: 'log', patterns: [(0,pattern/* parsePattern */.EY)(text)] };
    }
    catch {
        return reader.fault(value, 'is no regular expression', { example: 'log /listening/' });
    }
}
function noCondition(reader, value, kind = '') {
    const near = KINDS.find((candidate) => candidate.startsWith(kind.slice(0, 3)) && kind.length > 2);
    return reader.fault(value, 'is no readiness condition', {
        example: EXAMPLE,
        ...(near === undefined || near === kind ? {} : { suggestion: near }),
    });
}
function readCodes(reader, value) {
    const codes = reader.list(value, '[0]')?.map((item) => reader.integer(item, { min: 0, max: 255 }, '0'));
    const kept = codes?.filter((code) => code !== undefined);
    return kept?.length === codes?.length ? kept : undefined;
}

;// CONCATENATED MODULE: ./build/smoke/parse/checks.js





function readChecks(reader, value) {
    const items = reader.list(value, `[{http: ${HTTP_EXAMPLE}}]`) ?? [];
    return items.flatMap((item) => readCheck(reader, item) ?? []);
}
function readCheck(reader, value) {
    const fields = reader.fields(value, KEYS.check, `{http: ${HTTP_EXAMPLE}}`);
    if (!fields)
        return undefined;
    const kinds = CHECK_KINDS.filter((kind) => fields.has(kind));
    const [kind] = kinds;
    const subject = kind && fields.get(kind);
    if (!subject || kinds.length > 1) {
        const problem = subject ? `a check is of one kind, this is ${kinds.join(' and ')}` : 'a check needs a kind';
        return reader.fault(value, problem, { example: `http: ${HTTP_EXAMPLE}` });
    }
    const expect = fields.get('expect');
    if (expect && kind !== 'http' && kind !== 'exec') {
        reader.fault(expect, `expect belongs to http and exec; ${kind} says it in its own mapping`);
    }
    const body = checks_readBody(reader, kind, subject, expect);
    const retry = fields.get('retry');
    const name = fields.get('name');
    if (retry && (kind === 'image' || kind === 'stop'))
        reader.fault(retry, `${kind} cannot change by waiting: no retry`);
    return (body && {
        ...body,
        name: (name && reader.text(name, 'health')) ?? body.name,
        retry: retry && readRetry(reader, retry),
    });
}
function checks_readBody(reader, kind, value, expect) {
    switch (kind) {
        case 'http': {
            const parts = readHttp(reader, value, expect);
            return parts && { kind, name: httpName(parts.probe), ...parts };
        }
        case 'tcp': {
            const port = readPort(reader, value);
            return port === undefined ? undefined : { kind, name: `tcp ${String(port)}`, port };
        }
        case 'exec':
            return readExec(reader, value, expect);
        case 'file':
            return readFile(reader, value);
        case 'image':
            return readImage(reader, value);
        case 'log': {
            const patterns = reader.patterns(value);
            return patterns && { kind, name: 'log', patterns };
        }
        case 'stop':
            return readStop(reader, value);
    }
}
function readRetry(reader, value) {
    if (!reader.isMapping(value)) {
        const time = reader.duration(value, '20s');
        return time === undefined ? undefined : { for: time, every: smoke_spec/* DEFAULTS */.zY.retryEvery };
    }
    const fields = reader.fields(value, KEYS.retry, '{for: 20s, every: 500ms}');
    const time = fields?.get('for');
    if (!fields || !time)
        return reader.fault(value, 'retry needs for', { example: '{for: 20s, every: 500ms}' });
    const every = fields.get('every');
    return {
        for: reader.duration(time, '20s') ?? 0,
        every: Math.max(10, (every && reader.duration(every, '500ms')) ?? smoke_spec/* DEFAULTS */.zY.retryEvery),
    };
}
function readExec(reader, value, expect) {
    const example = '[node, --version]';
    if (!reader.isList(value))
        return reader.fault(value, 'must be a list: no shell reads it', { example });
    const argv = reader.texts(value, example);
    const fields = (expect && reader.fields(expect, KEYS.expectExec, '{exit: 0}')) ?? new Map();
    if (expect && fields.size === 0)
        reader.fault(expect, 'an empty expectation demands nothing', { example: '{exit: 0}' });
    const exit = fields.get('exit');
    const stdout = fields.get('stdout');
    const stderr = fields.get('stderr');
    const within = fields.get('within');
    return (argv && {
        kind: 'exec',
        name: `exec ${argv.join(' ')}`.slice(0, 60),
        argv,
        exit: (exit && readCodes(reader, exit)) ?? [0],
        stdout: (stdout && reader.patterns(stdout)) ?? [],
        stderr: (stderr && reader.patterns(stderr)) ?? [],
        within: within && reader.duration(within, '2s'),
    });
}
function readFile(reader, value) {
    const example = '{path: /app/server, mode: "0755"}';
    const fields = reader.isMapping(value)
        ? reader.fields(value, KEYS.file, example)
        : new Map([['path', value]]);
    const member = fields?.get('path');
    const path = member && reader.text(member, '/app/server');
    if (!fields || path === undefined)
        return fields && reader.fault(value, 'a file check needs a path', { example });
    if (!path.startsWith('/'))
        return reader.fault(value, 'the path must be absolute', { example });
    const get = (key, read) => {
        const field = fields.get(key);
        return field && read(field);
    };
    const number = (field) => reader.integer(field, { min: 0, max: 2 ** 32 - 1 }, '1000');
    const exists = get('exists', (field) => reader.boolean(field)) ?? true;
    if (!exists && fields.size > 2)
        reader.fault(value, 'a file that must not exist has no other properties', { example });
    return {
        kind: 'file',
        name: `file ${path}`,
        path,
        exists,
        mode: get('mode', (field) => readMode(reader, field)),
        uid: get('uid', number),
        gid: get('gid', number),
        sha256: get('sha256', (field) => readSha256(reader, field)),
        content: get('content', (field) => reader.patterns(field)) ?? [],
    };
}
function readMode(reader, value) {
    const text = reader.text(value, '"0644"');
    if (text === undefined)
        return undefined;
    const match = /^(?:0o?)?([0-7]{3,4})$/.exec(text);
    return match ? Number.parseInt(match[1] ?? '', 8) : reader.fault(value, 'is no file mode', { example: '"0644"' });
}
function readSha256(reader, value) {
    const text = reader.text(value, '64 hex digits')?.toLowerCase();
    if (text === undefined || /^[0-9a-f]{64}$/.test(text))
        return text;
    return reader.fault(value, 'is no SHA-256', { example: '64 hex digits' });
}
function readImage(reader, value) {
    const example = '{user: "!root", max-size: 300MB}';
    const fields = reader.fields(value, KEYS.image, example);
    if (!fields)
        return undefined;
    if (fields.size === 0)
        return reader.fault(value, 'an empty image check demands nothing', { example });
    const user = fields.get('user');
    const ports = fields.get('ports');
    const labels = fields.get('labels');
    const platform = fields.get('platform');
    const size = fields.get('max-size');
    return {
        kind: 'image',
        name: 'image',
        user: (user && reader.patterns(user)) ?? [],
        ports: (ports && readPorts(reader, ports)) ?? [],
        labels: (labels && readHeaderPatterns(reader, labels)) ?? {},
        platform: platform && reader.text(platform, 'linux/amd64'),
        maxSize: size && reader.bytes(size, '300MB'),
    };
}
function readPorts(reader, value) {
    return reader.texts(value, '[8080/tcp]')?.map((port) => {
        if (!/^\d+(?:\/(?:tcp|udp|sctp))?$/.test(port))
            reader.fault(value, `${port} is no port`, { example: '[8080/tcp]' });
        return port.includes('/') ? port : `${port}/tcp`;
    });
}
function readStop(reader, value) {
    const fields = reader.isEmpty(value)
        ? new Map()
        : reader.fields(value, KEYS.stop, '{signal: SIGTERM, within: 10s}');
    if (!fields)
        return undefined;
    const named = fields.get('signal');
    const within = fields.get('within');
    const exit = fields.get('exit');
    const signal = (named && reader.choice(named, exit_codes/* SIGNAL_NAMES */.A)) ?? 'SIGTERM';
    const bySignal = (0,exit_codes/* exitCodeOf */.FO)(signal);
    return {
        kind: 'stop',
        name: `stop by ${signal}`,
        signal,
        within: (within && reader.duration(within, '10s')) ?? smoke_spec/* DEFAULTS */.zY.stopWithin,
        exit: (exit && readCodes(reader, exit)) ?? [0, ...(bySignal === undefined ? [] : [bySignal])],
    };
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/domain/image.js
var domain_image = __webpack_require__(1452);
;// CONCATENATED MODULE: ./build/smoke/parse/container.js






const ALIAS = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;
/** @param folder what `env-file` is relative to */
async function readContainer(reader, value, folder) {
    const fields = reader.fields(value, KEYS.container, '{env: {PORT: "8080"}}');
    if (!fields)
        return smoke_spec/* PLAIN_CONTAINER */.Jh;
    const aliases = fields.get('aliases');
    return {
        ...(await readOptions(reader, fields, folder)),
        aliases: (aliases && readAliases(reader, aliases)) ?? [],
    };
}
async function readServices(reader, value, folder) {
    const example = 'db: {image: "postgres@sha256:…"}';
    const found = [];
    for (const [name, member] of reader.members(value, example) ?? []) {
        if (!ALIAS.test(name))
            reader.fault(member, `${name} cannot be a host name`, { example });
        const fields = reader.fields(member, KEYS.service, '{image: "postgres@sha256:…"}');
        const image = fields?.get('image');
        if (!fields || !image) {
            if (fields)
                reader.fault(member, 'a service needs an image', { example });
            continue;
        }
        const ready = fields.get('ready');
        found.push({
            name,
            image: container_readImage(reader, image) ?? '',
            ...(await readOptions(reader, fields, folder)),
            aliases: [name],
            ready: (ready && readReadiness(reader, ready)) ?? { kind: 'auto' },
        });
    }
    return found;
}
function container_readImage(reader, value) {
    const image = reader.text(value, 'postgres@sha256:…');
    if (image === undefined || (0,domain_image/* parseReference */.F2)(image) || /^sha256:[0-9a-f]{64}$/.test(image))
        return image;
    return reader.fault(value, 'is no image reference', { example: 'postgres@sha256:…' });
}
async function readOptions(reader, fields, folder) {
    const get = (key, read) => {
        const member = fields.get(key);
        return member && read(member);
    };
    const file = fields.get('env-file');
    const user = get('user', (member) => reader.text(member, '1000:1000'));
    return {
        env: {
            ...(file && (await readEnvFiles(reader, file, folder))),
            ...get('env', (member) => readEnv(reader, member)),
        },
        secrets: get('secrets', (member) => readNames(reader, member)) ?? [],
        args: get('args', (member) => readArguments(reader, member)),
        entrypoint: get('entrypoint', (member) => reader.texts(member, '[/app/server]')),
        user: user === '' ? undefined : user,
        readOnly: get('read-only', (member) => reader.boolean(member)) ?? false,
        memory: get('memory', (member) => reader.bytes(member, '256m')),
        platform: get('platform', (member) => reader.text(member, 'linux/arm64')),
    };
}
/** An empty list is the image's own command. */
function readArguments(reader, value) {
    return reader.isEmptyList(value) ? undefined : reader.texts(value, '["--port", "8080"]');
}
function readEnv(reader, value) {
    const env = {};
    for (const [name, member] of reader.members(value, '{PORT: "8080"}') ?? []) {
        const text = reader.isEmpty(member) ? '' : reader.text(member, '"8080"');
        if (text !== undefined)
            env[name] = text;
    }
    return env;
}
function readNames(reader, value) {
    const names = reader.texts(value, '[API_KEY]');
    for (const name of names ?? []) {
        // The value is never repeated in the message: who writes NAME=value here has put a secret into the file.
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
            return reader.fault(value, 'secrets are names only; their values come from the step’s env', {
                value: '…',
                example: '[API_KEY]',
            });
        }
    }
    return names;
}
function readAliases(reader, value) {
    const aliases = reader.texts(value, '[app]');
    const bad = aliases?.find((alias) => !ALIAS.test(alias));
    return bad === undefined ? aliases : reader.fault(value, `${bad} cannot be a host name`, { example: '[app]' });
}
async function readEnvFiles(reader, value, folder) {
    const env = {};
    for (const path of reader.texts(value, '.env.smoke') ?? []) {
        try {
            Object.assign(env, parseEnvFile(await (0,promises_.readFile)((0,external_node_path_.resolve)(folder, path), 'utf8')));
        }
        catch {
            reader.fault(value, `${path} cannot be read`, { example: '.env.smoke' });
        }
    }
    return env;
}
/** `NAME=value` lines as Docker reads them: no quotes, no expansion, `#` starts a comment line. */
function parseEnvFile(text) {
    const env = {};
    for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
        const match = /^\s*([^#\s=][^=\s]*)=(.*)$/.exec(line);
        if (match)
            env[match[1] ?? ''] = match[2] ?? '';
    }
    return env;
}

// EXTERNAL MODULE: ./build/domain/duration.js
var domain_duration = __webpack_require__(4953);
;// CONCATENATED MODULE: ./build/smoke/parse/near.js
/** The known word that was probably meant: at most two letters away, or one for very short words. */
function nearest(word, known) {
    const limit = word.length <= 3 ? 1 : 2;
    let best;
    let least = limit + 1;
    for (const candidate of known) {
        const away = distance(word.toLowerCase(), candidate);
        if (away < least)
            [best, least] = [candidate, away];
    }
    return best;
}
/** Levenshtein distance. */
function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
            next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
        }
        row = next;
    }
    return row[b.length] ?? 0;
}

;// CONCATENATED MODULE: ./build/smoke/parse/variables.js

const VARIABLE_NAMES = ['sha', 'revision', 'digest', 'image', 'app', 'environment'];
/**
 * Puts values in place of `${name}`; `$${` is a plain `${`. Other names stay as they are (a shell's own variables),
 * unless they look like a misspelt one of ours.
 */
function substitute(text, variables, fault, escape = (value) => value) {
    return text.replace(/\$\$\{|\$\{([^{}]*)\}/g, (whole, name) => {
        if (name === undefined)
            return '${';
        const known = VARIABLE_NAMES.find((candidate) => candidate === name);
        if (known === undefined) {
            const meant = /^[a-z]+$/.test(name) ? nearest(name, VARIABLE_NAMES) : undefined;
            if (meant !== undefined)
                fault(`unknown variable ${whole}`, `\${${meant}}`);
            return whole;
        }
        if (!Object.hasOwn(variables, known))
            fault(`${whole} has no value in this run`);
        const value = variables[known];
        return value === undefined ? whole : escape(value);
    });
}
function escapeRegex(value) {
    return value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

;// CONCATENATED MODULE: ./build/smoke/parse/reader.js
/** Typed looks at YAML nodes. Every fault is remembered with its line; a reader then answers undefined and goes on. */





class Reader {
    faults = [];
    #document;
    #lines;
    #source;
    #variables;
    constructor(document, lines, source, variables) {
        this.#document = document;
        this.#lines = lines;
        this.#source = source;
        this.#variables = variables;
    }
    /** Remembers a fault; stands for the value that could not be read. */
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- any reader may return it
    fault(value, problem, extra = {}) {
        const offset = value.node?.range?.[0];
        const line = offset === undefined ? '' : `:${String(this.#lines.linePos(offset).line)}`;
        this.faults.push({
            name: value.name === '' ? 'smoke' : value.name,
            source: `${this.#source}${line}`,
            problem,
            ...given(this.#resolve(value)),
            ...extra,
        });
        return undefined;
    }
    isMapping(value) {
        return (0,dist/* isMap */.jh)(this.#resolve(value));
    }
    isList(value) {
        return (0,dist/* isSeq */.oP)(this.#resolve(value));
    }
    isEmpty(value) {
        const node = this.#resolve(value);
        return node === undefined || ((0,dist/* isScalar */.jn)(node) && node.value === null);
    }
    isEmptyList(value) {
        const node = this.#resolve(value);
        return (0,dist/* isSeq */.oP)(node) && node.items.length === 0;
    }
    /** A piece of a scalar's text as a value of its own, at the same place. */
    part(value, text) {
        const node = new dist/* Scalar */.X5(text);
        if (value.node?.range)
            node.range = value.node.range;
        return { node, name: value.name };
    }
    /** The members of a mapping whose keys must be among `known`; undefined when it is none. */
    fields(value, known, example) {
        const found = this.members(value, example);
        if (!found)
            return undefined;
        for (const [key, member] of found) {
            if (known.includes(key))
                continue;
            const suggestion = nearest(key, known);
            const at = { node: member.node, name: join(value.name, key) };
            this.fault(at, `unknown key ${key}; known here: ${known.join(', ')}`, suggestion === undefined ? {} : { suggestion });
        }
        return found;
    }
    /** The members of a mapping with free keys. */
    members(value, example) {
        const node = this.#resolve(value);
        if (!(0,dist/* isMap */.jh)(node))
            return this.fault(value, 'must be a mapping', { example });
        const found = new Map();
        for (const { key, value: member } of node.items) {
            if (!(0,dist/* isScalar */.jn)(key))
                return this.fault(value, 'keys must be plain words', { example });
            const name = String(key.source ?? key.value);
            // An empty member keeps the key's place, so that its fault has a line.
            found.set(name, { node: member === null ? key : member, name: join(value.name, name) });
        }
        return found;
    }
    /** The elements of a list that must not be empty; one scalar stands for a list of one. */
    list(value, example) {
        const node = this.#resolve(value);
        if ((0,dist/* isSeq */.oP)(node)) {
            if (node.items.length === 0)
                return this.fault(value, 'an empty list demands nothing', { example });
            return node.items.map((item, index) => ({ node: item, name: `${value.name}[${String(index)}]` }));
        }
        if ((0,dist/* isScalar */.jn)(node) && node.value !== null)
            return [value];
        return this.fault(value, 'must be a list', { example });
    }
    /** Text as written, with variables put in: `0644` and `1.10` keep their digits. */
    text(value, example) {
        return this.#text(value, example);
    }
    texts(value, example) {
        return reader_all(this.list(value, example)?.map((item) => this.text(item, example)));
    }
    choice(value, known) {
        const text = this.text(value, known[0] ?? '');
        if (text === undefined)
            return undefined;
        const found = known.find((candidate) => candidate === text);
        if (found !== undefined)
            return found;
        const suggestion = nearest(text, known) ?? known.find((name) => text.length > 2 && name.endsWith(text.toUpperCase()));
        return this.fault(value, `must be one of ${known.join(', ')}`, suggestion === undefined ? {} : { suggestion });
    }
    boolean(value) {
        const node = this.#resolve(value);
        if ((0,dist/* isScalar */.jn)(node) && typeof node.value === 'boolean')
            return node.value;
        return this.fault(value, 'must be true or false', { example: 'true' });
    }
    integer(value, range, example) {
        const text = this.text(value, example);
        if (text === undefined)
            return undefined;
        const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
        if (number >= range.min && number <= range.max)
            return number;
        return this.fault(value, `must be a whole number from ${String(range.min)} to ${String(range.max)}`, { example });
    }
    duration(value, example) {
        const text = this.text(value, example);
        if (text === undefined)
            return undefined;
        const duration = (0,domain_duration/* parseDuration */.E)(text);
        if (duration !== undefined)
            return duration;
        const problem = /^\d+$/.test(text) ? 'a duration needs a unit' : 'is no duration';
        return this.fault(value, problem, { example, ...(/^\d+$/.test(text) ? { suggestion: `${text}s` } : {}) });
    }
    /** `256m`, `1GiB` binary; `300MB` decimal, as Docker's tools count memory and image sizes. */
    bytes(value, example) {
        const text = this.text(value, example);
        if (text === undefined)
            return undefined;
        const match = /^(\d+(?:\.\d+)?)\s*(b|[kmg]|[kmg]b|[kmg]ib)?$/i.exec(text);
        if (!match)
            return this.fault(value, 'is no size', { example });
        const unit = (match[2] ?? 'b').toLowerCase();
        const power = 'bkmg'.indexOf(unit.charAt(0));
        return Math.round(Number(match[1]) * (unit.length === 2 ? 1000 : 1024) ** power);
    }
    patterns(value) {
        const example = '["text", "!text", "/regex/", "!/regex/"]';
        return reader_all(this.list(value, example)?.map((item) => this.#pattern(item, example)));
    }
    /** Plain data with variables put into its strings. */
    data(value) {
        const node = this.#resolve(value);
        const convert = (data) => {
            if (typeof data === 'string')
                return this.#substitute(value, data);
            if (Array.isArray(data))
                return data.map(convert);
            if (typeof data !== 'object' || data === null)
                return data;
            return Object.fromEntries(Object.entries(data).map(([key, member]) => [key, convert(member)]));
        };
        return convert(node?.toJS(this.#document));
    }
    #pattern(value, example) {
        const node = this.#resolve(value);
        const isRegex = (0,dist/* isScalar */.jn)(node) && /^!?\/.+\/$/s.test(String(node.value));
        const text = this.#text(value, example, isRegex ? escapeRegex : undefined);
        if (text === undefined)
            return undefined;
        if (text === '' || text === '!')
            return this.fault(value, 'an empty pattern demands nothing', { example: '"ready"' });
        try {
            return (0,pattern/* parsePattern */.EY)(text);
        }
        catch (thrown) {
            const detail = thrown instanceof Error ? thrown.message.replace(/^Invalid regular expression: /, '') : '';
            return this.fault(value, `is no regular expression: ${detail}`, { example: '/^ready in \\d+ ms/' });
        }
    }
    #text(value, example, escape) {
        const node = this.#resolve(value);
        if (!(0,dist/* isScalar */.jn)(node) || node.value === null)
            return this.fault(value, 'must be text', { example });
        if (node.tag?.startsWith('!') && !node.tag.startsWith('!!')) {
            return this.fault(value, 'YAML reads a leading ! as a tag: put it in quotes', { example: `"${node.tag}"` });
        }
        return this.#substitute(value, source(node), escape);
    }
    #substitute(value, text, escape) {
        const fault = (problem, suggestion) => {
            this.fault(value, problem, suggestion === undefined ? {} : { suggestion });
        };
        return substitute(text, this.#variables, fault, escape);
    }
    #resolve(value) {
        return (0,dist/* isAlias */.Vj)(value.node) ? value.node.resolve(this.#document) : value.node;
    }
}
function source(node) {
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}
/** Faults show what was written: only short scalars, and never the members of a mapping. */
function given(node) {
    if (!(0,dist/* isScalar */.jn)(node) || node.value === null)
        return {};
    const text = source(node);
    return { value: text.length > 80 ? `${text.slice(0, 80)}…` : text };
}
function join(name, key) {
    return name === '' ? key : `${name}.${key}`;
}
function reader_all(values) {
    const kept = values?.filter((value) => value !== undefined);
    return kept?.length === values?.length ? kept : undefined;
}

;// CONCATENATED MODULE: ./build/smoke/parse/index.js







/** @param folder what `env-file` is relative to */
async function parse(document, variables, folder) {
    const lines = new dist.LineCounter();
    const yaml = (0,dist/* parseDocument */.Tp)(document.text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
    const reader = new Reader(yaml, lines, document.source, variables);
    const root = { node: yaml.contents ?? undefined, name: 'smoke' };
    if (yaml.errors.length > 0)
        return { spec: (0,smoke_spec/* defaultSpec */.xE)(), faults: yaml.errors.map(syntaxFault(reader)) };
    const spec = reader.isEmpty(root) ? undefined : await readDocument(reader, root, folder);
    if (reader.isEmpty(root))
        reader.fault(root, 'the file is empty', { example: 'checks: [{http: GET :8080/healthz -> 200}]' });
    return { spec: spec ?? (0,smoke_spec/* defaultSpec */.xE)(), faults: reader.faults };
}
async function readDocument(reader, root, folder) {
    // A bare list is the list of checks: the shortest file that demands something.
    if (reader.isList(root))
        return { ...(0,smoke_spec/* defaultSpec */.xE)(), checks: readChecks(reader, { ...root, name: 'checks' }) };
    const fields = reader.fields({ ...root, name: '' }, KEYS.document, 'checks: [{http: GET :8080/healthz -> 200}]');
    if (!fields)
        return undefined;
    const plain = (0,smoke_spec/* defaultSpec */.xE)();
    const container = fields.get('container');
    const services = fields.get('services');
    const startup = fields.get('startup');
    const checks = fields.get('checks');
    const timeout = fields.get('timeout');
    const internal = fields.get('internal');
    const probe = fields.get('probe');
    const started = startup ? readStartup(reader, startup) : plain.startup;
    const spec = {
        container: container ? await readContainer(reader, container, folder) : plain.container,
        services: services ? await readServices(reader, services, folder) : [],
        internal: (internal && reader.boolean(internal)) ?? false,
        startup: started,
        timeout: (timeout && reader.duration(timeout, '5m')) ?? started.within + smoke_spec/* DEFAULTS */.zY.timeout,
        probe: (probe && reader.choice(probe, ['auto', 'host', 'ip', 'sidecar'])) ?? 'auto',
        checks: checks ? readChecks(reader, checks) : [],
    };
    refuseContradictions(reader, spec, { checks, timeout });
    return spec;
}
function readStartup(reader, value) {
    const plain = (0,smoke_spec/* defaultSpec */.xE)().startup;
    const fields = reader.fields(value, KEYS.startup, '{within: 60s, ready: healthcheck}');
    const within = fields?.get('within');
    const ready = fields?.get('ready');
    const stayUp = fields?.get('stay-up');
    return {
        within: (within && reader.duration(within, '60s')) ?? plain.within,
        ready: (ready && readReadiness(reader, ready)) ?? plain.ready,
        stayUp: stayUp && reader.duration(stayUp, '3s'),
    };
}
function refuseContradictions(reader, spec, at) {
    if (at.timeout && spec.timeout < spec.startup.within) {
        reader.fault(at.timeout, 'timeout covers the whole test and cannot be shorter than startup.within', {
            example: '5m',
        });
    }
    if (spec.startup.ready.kind !== 'exit' || !at.checks)
        return;
    const alive = spec.checks.find((check) => ['http', 'tcp', 'exec', 'stop'].includes(check.kind));
    if (alive)
        reader.fault(at.checks, `${alive.name} needs a running container, but with ready: exit it has ended`);
}
const QUOTES = 'check the indentation, and put values with ${, {, [, !, * or ": " in quotes';
function syntaxFault(reader) {
    return (error) => {
        const node = new dist/* Scalar */.X5(null);
        node.range = [error.pos[0], error.pos[1], error.pos[1]];
        const duplicate = error.code === 'DUPLICATE_KEY';
        reader.fault({ node, name: 'smoke' }, duplicate ? 'the same key is written twice' : `is no YAML: ${error.message}`, {
            ...(duplicate ? {} : { suggestion: QUOTES }),
        });
        return reader.faults.at(-1) ?? { name: 'smoke', problem: error.message };
    };
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


/***/ })

};
