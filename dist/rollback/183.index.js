export const id = 183;
export const ids = [183];
export const modules = {

/***/ 183:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  connect: () => (/* binding */ connect)
});

// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(4708);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
;// CONCATENATED MODULE: ./build/adapters/docker/dial.js



const KEPT_STDERR = 2000;
/** A connection made of a child's stdin and stdout: `docker … system dial-stdio`. Looks enough like a socket for http.Agent. */
class DialSocket extends external_node_stream_.Duplex {
    #child;
    #stderr = '';
    constructor(argv, env) {
        super();
        const [file = '', ...args] = argv;
        // The arguments name the engine; variables of the runner's own engine would contradict them.
        const own = { ...env, DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined };
        this.#child = (0,external_node_child_process_.spawn)(file, args, { env: own, stdio: ['pipe', 'pipe', 'pipe'] });
        const { stdin, stdout, stderr } = this.#child;
        stderr.setEncoding('utf8').on('data', (text) => {
            this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
        });
        stdout.on('data', (chunk) => {
            if (!this.push(chunk))
                stdout.pause();
        });
        stdin.on('error', () => undefined); // the exit says why
        this.#child.on('error', (error) => this.destroy(error));
        this.#child.on('close', (code) => {
            // Only now is it known whether the connection ended or failed.
            if (code === 0)
                this.push(null);
            else
                this.destroy(new Error(this.#stderr.trim() || `${file} ended with exit code ${String(code)}`));
        });
    }
    _read() {
        this.#child.stdout.resume();
    }
    _write(chunk, _encoding, done) {
        this.#child.stdin.write(chunk, () => done()); // a write that fails is explained by the child's end
    }
    _final(done) {
        this.#child.stdin.end(done);
    }
    _destroy(error, done) {
        this.#child.kill();
        done(error);
    }
    /** What http.Agent asks of a socket that rests in its pool: the process may end although the child lives. */
    unref() {
        this.#child.unref();
        for (const pipe of this.#pipes())
            pipe.unref();
        return this;
    }
    ref() {
        this.#child.ref();
        for (const pipe of this.#pipes())
            pipe.ref();
        return this;
    }
    setKeepAlive() {
        return this;
    }
    setNoDelay() {
        return this;
    }
    setTimeout() {
        return this;
    }
    #pipes() {
        const { stdin, stdout, stderr } = this.#child;
        return [stdin, stdout, stderr].filter((pipe) => pipe instanceof external_node_net_.Socket);
    }
}

// EXTERNAL MODULE: ./build/adapters/docker/endpoint.js
var endpoint = __webpack_require__(37);
// EXTERNAL MODULE: ./build/adapters/docker/stream.js
var stream = __webpack_require__(7300);
// EXTERNAL MODULE: ./build/adapters/docker/text.js
var docker_text = __webpack_require__(959);
;// CONCATENATED MODULE: ./build/adapters/docker/connection.js








/** The newest API version that this code was written for. */
const NEWEST = '1.51';
const PING_WITHIN = 30_000;
/** A child a connection: sshd refuses many at once. Streams have connections of their own and don't count. */
const MOST_CHILDREN = 6;
/**
 * The engine that the options or the environment name; no request is sent yet.
 * @throws DeployError invalid-input for an address or context that cannot be used
 */
async function connect(options, env) {
    return new EngineConnection(await (0,endpoint/* resolveEndpoint */.sO)(options, env), env, options.unreachable ?? 'engine-unreachable');
}
class EngineConnection {
    endpoint;
    #endpoint;
    #unreachable;
    #short;
    #long;
    #version;
    constructor(endpoint, env, unreachable) {
        this.endpoint = endpoint.name;
        this.#endpoint = endpoint;
        this.#unreachable = unreachable;
        this.#short = agentFor(endpoint, env, endpoint.kind === 'command' ? MOST_CHILDREN : Infinity);
        this.#long = agentFor(endpoint, env, Infinity);
    }
    version() {
        this.#version ??= this.#ping().catch((error) => {
            this.#version = undefined;
            throw error;
        });
        return this.#version;
    }
    async request(method, path, options = {}) {
        const prefix = `/v${await this.version()}`;
        const response = await this.#send(this.#short, method, prefix + path, options);
        return this.#answer(response, options.signal);
    }
    async stream(method, path, options = {}) {
        const prefix = `/v${await this.version()}`;
        const response = await this.#send(this.#long, method, prefix + path, options);
        return { status: response.statusCode ?? 0, headers: response.headers, body: this.#chunks(response, options.signal) };
    }
    async upgrade(path, { headers, signal }) {
        const target = `/v${await this.version()}${path}`;
        const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
        const options = { headers: { connection: 'Upgrade' }, ...(signal ? { signal } : {}) };
        const request = this.#open(this.#long, 'POST', target, options, { content: '', headers: own });
        try {
            return await new Promise((resolve, reject) => {
                request.on('upgrade', (_response, socket, head) => {
                    if (head.length > 0)
                        socket.unshift(head);
                    resolve(socket);
                });
                request.on('response', ({ statusCode }) => reject(new Error(`${path} answered ${String(statusCode)}`)));
                request.on('error', reject).end();
            });
        }
        catch (error) {
            throw this.#explain(error, signal);
        }
    }
    close() {
        this.#short.destroy();
        this.#long.destroy();
    }
    async #ping() {
        const signal = AbortSignal.timeout(PING_WITHIN);
        const response = await this.#send(this.#short, 'GET', '/_ping', { signal });
        const answer = await this.#answer(response, signal);
        const theirs = response.headers['api-version'];
        if (answer.status !== 200 || typeof theirs !== 'string') {
            const words = (0,docker_text/* oneLine */.TN)(answer.message()).slice(0, 300);
            throw this.#unreachableError(`it answers /_ping with status ${String(answer.status)}: ${words}`);
        }
        return compareVersions(theirs, NEWEST) < 0 ? theirs : NEWEST;
    }
    async #answer(response, signal) {
        const chunks = [];
        for await (const chunk of this.#chunks(response, signal))
            chunks.push(chunk);
        return answerOf(response, Buffer.concat(chunks));
    }
    async *#chunks(response, signal) {
        try {
            for await (const chunk of response)
                yield chunk;
        }
        catch (error) {
            throw this.#explain(error, signal);
        }
    }
    /** Resolves with the head. A pooled connection that the engine closed meanwhile is replaced once: nothing was processed. */
    async #send(agent, method, path, options, again = true) {
        const { signal } = options;
        if (signal?.aborted)
            throw this.#explain(signal.reason, signal);
        const payload = payloadOf(options.body);
        const request = this.#open(agent, method, path, options, payload);
        try {
            return await new Promise((resolve, reject) => {
                request.on('response', resolve).on('error', reject);
                if (payload?.content instanceof external_node_stream_.Readable) {
                    const { content } = payload;
                    content.on('error', (error) => request.destroy(error)).pipe(request);
                    // An engine that has its answer does not read the rest.
                    request.on('close', () => content.destroy());
                }
                else {
                    request.end(payload?.content);
                }
            });
        }
        catch (error) {
            const closed = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
            const repeatable = !(payload?.content instanceof external_node_stream_.Readable) && (method === 'GET' || method === 'DELETE');
            if (again && closed && repeatable && !signal?.aborted)
                return this.#send(agent, method, path, options, false);
            throw this.#explain(error, signal);
        }
    }
    #open(agent, method, path, { query, headers, signal }, payload) {
        const settings = {
            agent,
            method,
            path: path + queryString(query),
            headers: { ...payload?.headers, ...headers },
            ...(signal ? { signal } : {}),
        };
        const endpoint = this.#endpoint;
        if (endpoint.kind === 'unix')
            return external_node_http_.request({ ...settings, socketPath: endpoint.path });
        if (endpoint.kind === 'command')
            return external_node_http_.request(settings);
        const address = { host: endpoint.host, port: endpoint.port };
        return endpoint.tls ? external_node_https_.request({ ...settings, ...address }) : external_node_http_.request({ ...settings, ...address });
    }
    #explain(error, signal) {
        if (error instanceof deploy_error/* DeployError */.sH)
            return error;
        if (!signal?.aborted)
            return this.#unreachableError(problemOf(error, this.#endpoint), error);
        const reason = signal.reason;
        if (reason instanceof deploy_error/* DeployError */.sH)
            return reason;
        if (reason instanceof DOMException && reason.name === 'TimeoutError') {
            return this.#unreachableError('no answer in time', error);
        }
        return (0,deploy_error/* cancelled */.KW)();
    }
    #unreachableError(problem, cause) {
        const whose = this.#unreachable === 'engine-unreachable' ? 'the Docker engine' : "the target's Docker engine";
        return new deploy_error/* DeployError */.sH(this.#unreachable, `${whose} at ${this.endpoint} cannot be reached: ${problem}`, {
            cause,
            fix: adviceFor(cause, this.#endpoint, this.#unreachable),
        });
    }
}
function payloadOf(body) {
    if (body === undefined)
        return undefined;
    const tar = { 'content-type': 'application/x-tar' };
    if (body instanceof Uint8Array)
        return { content: body, headers: { ...tar, 'content-length': body.byteLength } };
    if (body instanceof external_node_stream_.Readable)
        return { content: body, headers: tar };
    const content = JSON.stringify(body);
    const length = Buffer.byteLength(content);
    return { content, headers: { 'content-type': 'application/json', 'content-length': length } };
}
function answerOf(response, bytes) {
    const json = () => {
        try {
            return JSON.parse(bytes.toString('utf8'));
        }
        catch {
            return undefined;
        }
    };
    return { status: response.statusCode ?? 0, headers: response.headers, bytes, json, message: () => (0,stream/* messageOf */.bD)(bytes) };
}
function queryString(query) {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) {
        if (value === undefined)
            continue;
        if (Array.isArray(value))
            for (const item of value)
                parameters.append(name, String(item));
        else
            parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
    }
    const text = parameters.toString();
    return text === '' ? '' : `?${text}`;
}
function agentFor(endpoint, env, maxSockets) {
    const pool = { keepAlive: true, maxSockets };
    if (endpoint.kind === 'command')
        return new DialAgent(pool, endpoint.argv, env);
    if (endpoint.kind === 'unix' || !endpoint.tls)
        return new external_node_http_.Agent(pool);
    const { verify, ...files } = endpoint.tls;
    return new external_node_https_.Agent({ ...pool, ...files, rejectUnauthorized: verify });
}
class DialAgent extends external_node_http_.Agent {
    #argv;
    #env;
    constructor(options, argv, env) {
        super(options);
        this.#argv = argv;
        this.#env = env;
    }
    createConnection() {
        return new DialSocket(this.#argv, this.#env);
    }
}
function codeOf(error) {
    return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
function problemOf(error, endpoint) {
    const code = codeOf(error);
    if (code === 'ENOENT')
        return endpoint.kind === 'unix' ? 'there is no such socket' : 'docker is not on PATH';
    if (code === 'EACCES')
        return 'permission denied on the socket';
    if (code === 'ECONNREFUSED')
        return 'nothing listens there';
    return (0,docker_text/* oneLine */.TN)(error instanceof Error ? error.message : String(error)).slice(0, 300);
}
function adviceFor(error, endpoint, unreachable) {
    if (codeOf(error) === 'EACCES')
        return "Add the runner's user to the docker group, or run as root.";
    if (codeOf(error) === 'ENOENT' && endpoint.kind === 'command')
        return "Install Docker's command line client.";
    if (unreachable === 'target-unreachable') {
        return 'Check docker-host, docker-context and docker-cert-path, and that the runner may reach the address.';
    }
    return 'Start Docker, or set DOCKER_HOST to where it listens.';
}
function compareVersions(left, right) {
    const [a = 0, b = 0] = left.split('.').map(Number);
    const [c = 0, d = 0] = right.split('.').map(Number);
    return a - c || b - d;
}


/***/ }),

/***/ 37:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   HX: () => (/* binding */ DEFAULT_HOST),
/* harmony export */   Pe: () => (/* binding */ dockerConfigFolder),
/* harmony export */   sO: () => (/* binding */ resolveEndpoint)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_os__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8161);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6760);
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(7934);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2364);






const DEFAULT_HOST = 'unix:///var/run/docker.sock';
const DockerConfig = valibot__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ currentContext: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP()) });
const ContextMeta = valibot__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({
    Endpoints: valibot__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ docker: valibot__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ Host: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP()), SkipTLSVerify: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .boolean */ .zMY()) }) }),
});
/** `$DOCKER_CONFIG`, else `~/.docker`. */
function dockerConfigFolder(env) {
    return env['DOCKER_CONFIG'] || (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(env['HOME'] || (0,node_os__WEBPACK_IMPORTED_MODULE_2__.homedir)(), '.docker');
}
/**
 * Chooses like Docker's own client: options, then DOCKER_HOST, DOCKER_CONTEXT, the config's current context, the socket.
 * @throws DeployError invalid-input for an address or context that cannot be used
 */
async function resolveEndpoint(options, env) {
    if (options.host)
        return fromHost(options.host, await tlsFrom(options.certPath, true));
    if (options.context)
        return fromContext(options.context, env);
    if (env['DOCKER_HOST'])
        return fromHost(env['DOCKER_HOST'], await tlsOfEnvironment(env));
    const context = env['DOCKER_CONTEXT'] || (await currentContext(env));
    return context && context !== 'default' ? fromContext(context, env) : fromHost(DEFAULT_HOST, undefined);
}
async function currentContext(env) {
    const parsed = await readJson(DockerConfig, (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(dockerConfigFolder(env), 'config.json'));
    return parsed?.currentContext;
}
async function fromContext(name, env) {
    if (name === 'default')
        return fromHost(DEFAULT_HOST, undefined);
    const id = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(name).digest('hex');
    const contexts = (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(dockerConfigFolder(env), 'contexts');
    const meta = await readJson(ContextMeta, (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(contexts, 'meta', id, 'meta.json'));
    const host = meta?.Endpoints.docker.Host;
    if (!host) {
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_4__/* .DeployError */ .sH('invalid-input', `the docker context "${name}" does not exist`, {
            fix: 'List the contexts with: docker context ls',
        });
    }
    const tls = await tlsFrom((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(contexts, 'tls', id, 'docker'), meta.Endpoints.docker.SkipTLSVerify !== true, true);
    const endpoint = fromHost(host, tls);
    // Docker's client knows how to authenticate a context that needs a helper; it is told the name, not the address.
    return endpoint.kind === 'command'
        ? { ...endpoint, argv: ['docker', '--context', name, 'system', 'dial-stdio'] }
        : endpoint;
}
async function tlsOfEnvironment(env) {
    const verify = Boolean(env['DOCKER_TLS_VERIFY']);
    if (!verify && !env['DOCKER_TLS'])
        return undefined;
    return tlsFrom(env['DOCKER_CERT_PATH'] || dockerConfigFolder(env), verify);
}
/** Reads the three files; `optional`: an absent folder means no TLS instead of a fault. */
async function tlsFrom(folder, verify, optional = false) {
    if (!folder)
        return undefined;
    const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((file) => readable((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(folder, file))));
    if (!ca && !cert && !key) {
        if (optional)
            return undefined;
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_4__/* .DeployError */ .sH('invalid-input', `no ca.pem, cert.pem or key.pem in ${folder}`, {
            fix: 'Point docker-cert-path (or DOCKER_CERT_PATH) at the folder with the client certificate.',
        });
    }
    return { verify, ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}
function fromHost(host, tls) {
    if (host.startsWith('unix://'))
        return { kind: 'unix', name: host, path: host.slice('unix://'.length) };
    if (host.startsWith('ssh://')) {
        return { kind: 'command', name: withoutPassword(host), argv: ['docker', '-H', host, 'system', 'dial-stdio'] };
    }
    const match = /^(tcp|http|https):\/\/(\[[^\]]+\]|[^:/[\]]+)(?::(\d+))?\/?$/.exec(host);
    if (!match)
        throw unusable(host);
    const [, scheme, address = '', port] = match;
    const secured = tls ?? (scheme === 'https' ? { verify: true } : undefined);
    return {
        kind: 'tcp',
        name: host,
        host: address.replace(/^\[|\]$/g, ''),
        port: Number(port ?? (secured ? 2376 : 2375)),
        ...(secured ? { tls: secured } : {}),
    };
}
function unusable(host) {
    const problem = host.startsWith('npipe://') ? 'named pipes are for Windows' : 'no address of an engine';
    return new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_4__/* .DeployError */ .sH('invalid-input', `"${withoutPassword(host)}": ${problem}`, {
        fix: 'Use unix:///path/docker.sock, tcp://host:2376 or ssh://user@host.',
    });
}
function withoutPassword(host) {
    return host.replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, '$1@');
}
async function readable(path) {
    try {
        return await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.readFile)(path);
    }
    catch {
        return undefined;
    }
}
async function readJson(schema, path) {
    const bytes = await readable(path);
    if (!bytes)
        return undefined;
    try {
        const parsed = valibot__WEBPACK_IMPORTED_MODULE_5__/* .safeParse */ .xLC(schema, JSON.parse(bytes.toString('utf8')));
        return parsed.success ? parsed.output : undefined;
    }
    catch {
        return undefined;
    }
}


/***/ }),

/***/ 7300:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   J$: () => (/* binding */ frames),
/* harmony export */   Ze: () => (/* binding */ drain),
/* harmony export */   bD: () => (/* binding */ messageOf),
/* harmony export */   i7: () => (/* binding */ jsonLines),
/* harmony export */   v6: () => (/* binding */ messageIn)
/* harmony export */ });
/** Engine bodies come in three shapes: JSON a line, multiplexed output of a container, raw output of a terminal. */
/** JSON values of a stream of concatenated lines; a line that does not parse is skipped. */
async function* jsonLines(body) {
    for await (const line of textLines(body)) {
        if (line.trim() === '')
            continue;
        try {
            yield JSON.parse(line);
        }
        catch {
            continue;
        }
    }
}
async function* textLines(body) {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
    }
    if (rest !== '')
        yield rest;
}
/** Reads and forgets: gives the connection back. */
async function drain(body) {
    const chunks = body[Symbol.asyncIterator]();
    while ((await chunks.next()).done !== true)
        continue;
}
/** The engine's words in the body of a refusal: `{"message": …}`, else its text. */
async function messageIn(body) {
    const chunks = [];
    for await (const chunk of body)
        chunks.push(chunk);
    return messageOf(Buffer.concat(chunks));
}
function messageOf(bytes) {
    const text = Buffer.from(bytes).toString('utf8').trim();
    try {
        const parsed = JSON.parse(text);
        const words = typeof parsed === 'object' && parsed !== null && 'message' in parsed ? parsed.message : undefined;
        return typeof words === 'string' ? words : text;
    }
    catch {
        return text;
    }
}
const HEADER = 8;
/** Frames of multiplexed output: `[stream, 0, 0, 0, length × 4]` and the bytes. Output of a terminal is one long frame. */
async function* frames(body) {
    let rest = Buffer.alloc(0);
    let raw;
    for await (const chunk of body) {
        rest = Buffer.concat([rest, chunk]);
        if (raw === undefined && rest.length < HEADER)
            continue;
        raw ??= !isHeader(rest);
        if (raw) {
            yield { from: 'stdout', bytes: rest };
            rest = Buffer.alloc(0);
            continue;
        }
        while (rest.length >= HEADER) {
            const end = HEADER + rest.readUInt32BE(4);
            if (rest.length < end)
                break;
            yield { from: rest[0] === 2 ? 'stderr' : 'stdout', bytes: rest.subarray(HEADER, end) };
            rest = rest.subarray(end);
        }
    }
    if (rest.length > 0 && raw !== false)
        yield { from: 'stdout', bytes: rest };
}
function isHeader(bytes) {
    return (bytes[0] ?? 9) <= 2 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0;
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
