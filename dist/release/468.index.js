export const id = 468;
export const ids = [468];
export const modules = {

/***/ 7468:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openKubectl: () => (/* binding */ openKubectl),
  sweepProxies: () => (/* reexport */ sweepProxies)
});

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
;// CONCATENATED MODULE: ./build/adapters/kubectl/http.js

/** A server that has taken the request and says nothing. */
const SILENCE = 20_000;
function makeAgent() {
    return new external_node_http_.Agent({ keepAlive: true, maxSockets: 32 });
}
/** One request, one answer, no judgement. @throws Error of the socket */
async function send(agent, socketPath, method, path, options) {
    const response = await http_open(agent, socketPath, method, path, options, SILENCE);
    const chunks = [];
    for await (const chunk of response)
        chunks.push(chunk);
    const retryAfter = Number(response.headers['retry-after']);
    return {
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
        text: Buffer.concat(chunks).toString('utf8'),
    };
}
/** The answer as soon as its headers are there; `silence` 0 waits for ever between two bytes. */
function http_open(agent, socketPath, method, path, { query, body, type, signal }, silence) {
    return new Promise((resolve, reject) => {
        const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
        const outgoing = (0,external_node_http_.request)({
            agent,
            socketPath,
            method,
            path: path + search(query),
            headers: {
                host: 'localhost',
                accept: 'application/json',
                ...(payload === undefined
                    ? {}
                    : { 'content-type': type ?? 'application/json', 'content-length': payload.length }),
            },
            ...(signal === undefined ? {} : { signal }),
            ...(silence > 0 ? { timeout: silence } : {}),
        }, resolve);
        outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${silence / 1000} s`)));
        outgoing.on('error', reject);
        outgoing.end(payload);
    });
}
function search(query) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {}))
        if (value !== undefined)
            search.append(name, String(value));
    const text = search.toString();
    return text === '' ? '' : `?${text}`;
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:fs/promises"
var external_node_fs_promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/adapters/process/find.js
var find = __webpack_require__(4284);
;// CONCATENATED MODULE: ./build/adapters/kubectl/install.js







const DOWNLOADS = 'https://dl.k8s.io/release';
const ADVICE = 'Add azure/setup-kubectl before this step, or set kubectl-version (for example v1.33.1) to have it downloaded.';
/**
 * The path of kubectl: a pinned version from the tool cache or a verified download, else the one on PATH.
 * @throws DeployError tool-missing
 */
async function locateKubectl({ version, env, onWarning, downloads }) {
    const onPath = await (0,find/* findTool */.S)('kubectl', env);
    if (version === undefined) {
        if (onPath !== undefined)
            return onPath;
        throw new deploy_error/* DeployError */.sH('tool-missing', 'kubectl is not on this machine', { fix: ADVICE });
    }
    const pin = parsePin(version);
    if (!pin) {
        throw new deploy_error/* DeployError */.sH('invalid-input', `kubectl-version: ${version} is no version of kubectl`, {
            faults: [{ name: 'kubectl-version', value: version, problem: 'not a version', example: 'v1.33.1' }],
        });
    }
    try {
        return await fetchKubectl(pin, downloads ?? DOWNLOADS, env);
    }
    catch (error) {
        // A file that is not what it claims to be is never passed over.
        if (error instanceof deploy_error/* DeployError */.sH && error.code === 'digest-mismatch')
            throw error;
        const why = error instanceof Error ? error.message : String(error);
        if (onPath === undefined) {
            throw new deploy_error/* DeployError */.sH('tool-missing', `kubectl ${pin.version} could not be downloaded: ${why}`, { fix: ADVICE });
        }
        onWarning?.(`kubectl ${pin.version} could not be downloaded (${why}); the machine's own is used: ${onPath}`);
        return onPath;
    }
}
function parsePin(text) {
    const match = /^v?(\d+\.\d+\.\d+(?:-[a-z0-9.]+)?)(?:@sha256:([0-9a-f]{64}))?$/.exec(text.trim());
    return match?.[1] === undefined ? undefined : { version: `v${match[1]}`, sha256: match[2] };
}
async function fetchKubectl(pin, downloads, env) {
    // tool-cache insists on the runner's variable; a terminal has none.
    process.env['RUNNER_TOOL_CACHE'] ??= external_node_path_.join((0,external_node_os_.homedir)(), '.cache', 'immutable-deploy', 'tools');
    const tools = await Promise.all(/* import() */[__webpack_require__.e(119), __webpack_require__.e(955), __webpack_require__.e(58), __webpack_require__.e(805)]).then(__webpack_require__.bind(__webpack_require__, 9805));
    const arch = process.arch === 'x64' ? 'amd64' : process.arch;
    const file = process.platform === 'win32' ? 'kubectl.exe' : 'kubectl';
    const cached = tools.find('kubectl', pin.version.slice(1), arch);
    if (cached !== '') {
        const known = external_node_path_.join(cached, file);
        if (pin.sha256 === undefined || (await sha256(known)) === pin.sha256)
            return known;
    }
    const temporary = await (0,external_node_fs_promises_.mkdtemp)(external_node_path_.join(env['RUNNER_TEMP'] ?? (0,external_node_os_.tmpdir)(), 'imd-kubectl-'));
    try {
        const url = `${downloads}/${pin.version}/bin/${process.platform === 'win32' ? 'windows' : process.platform}/${arch}/${file}`;
        const [program, published] = await Promise.all([
            tools.downloadTool(url, external_node_path_.join(temporary, file)),
            pin.sha256 ?? publishedChecksum(tools.downloadTool, url, temporary),
        ]);
        const actual = await sha256(program);
        if (actual !== published) {
            const what = `kubectl ${pin.version} from ${url} has the checksum ${actual}, expected ${published}`;
            throw new deploy_error/* DeployError */.sH('digest-mismatch', what);
        }
        await (0,external_node_fs_promises_.chmod)(program, 0o755);
        return external_node_path_.join(await tools.cacheFile(program, file, 'kubectl', pin.version.slice(1), arch), file);
    }
    finally {
        await (0,external_node_fs_promises_.rm)(temporary, { recursive: true, force: true });
    }
}
async function publishedChecksum(download, url, folder) {
    const text = await (0,external_node_fs_promises_.readFile)(await download(`${url}.sha256`, external_node_path_.join(folder, 'sha256')), 'utf8');
    return /^[0-9a-f]{64}/.exec(text.trim())?.[0] ?? 'none';
}
async function sha256(file) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    for await (const chunk of (0,external_node_fs_.createReadStream)(file))
        hash.update(chunk);
    return hash.digest('hex');
}

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7934);
;// CONCATENATED MODULE: ./build/adapters/kubectl/kubeconfig.js




const KubeconfigSchema = dist/* object */.Ikc({
    'current-context': dist/* nullish */.cl6(dist/* string */.YjP()),
    contexts: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({ name: dist/* string */.YjP(), context: dist/* nullish */.cl6(dist/* object */.Ikc({ namespace: dist/* nullish */.cl6(dist/* string */.YjP()) })) }))),
});
const IN_CLUSTER = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
/**
 * The namespace that kubectl would use, read without a process: several files merge as kubectl merges them (the first
 * that says something wins). Files that can't be read say nothing; kubectl itself complains about them.
 */
async function contextNamespace(env, context) {
    const configs = (await Promise.all(files(env).map(readConfig))).filter((config) => config !== undefined);
    const name = context ?? configs.map((config) => config['current-context']).find((text) => text);
    const entry = configs.flatMap(({ contexts }) => contexts ?? []).find((candidate) => candidate.name === name);
    if (entry)
        return entry.context?.namespace ?? 'default';
    if (env['KUBERNETES_SERVICE_HOST'] === undefined)
        return 'default';
    return (0,external_node_fs_promises_.readFile)(IN_CLUSTER, 'utf8').then((text) => text.trim() || 'default', () => 'default');
}
function files(env) {
    const listed = (env['KUBECONFIG'] ?? '').split(external_node_path_.delimiter).filter((file) => file !== '');
    return listed.length > 0 ? listed : [external_node_path_.join(env['HOME'] ?? (0,external_node_os_.homedir)(), '.kube', 'config')];
}
async function readConfig(file) {
    try {
        const text = await (0,external_node_fs_promises_.readFile)(file, 'utf8');
        const { parse } = await __webpack_require__.e(/* import() */ 815).then(__webpack_require__.t.bind(__webpack_require__, 8815, 19));
        const parsed = dist/* safeParse */.xLC(KubeconfigSchema, parse(text));
        return parsed.success ? parsed.output : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./build/adapters/kubectl/leftovers.js
// What a run that was killed outright leaves: a folder with a socket, and where the kernel could not help, the proxy itself.



const PREFIX = 'imd-kube-';
const FALLBACK = '/tmp';
const OWNER_FILE = 'owner.json';
const OwnerSchema = dist/* object */.Ikc({ pid: dist/* number */.aig(), started: dist/* string */.YjP(), proxy: dist/* optional */.lqM(dist/* number */.aig()) });
/** Tells a process from a later one of the same id; empty where /proc is missing. */
function startTime(pid) {
    try {
        const stat = (0,external_node_fs_.readFileSync)(`/proc/${String(pid)}/stat`, 'utf8');
        // The name, in parentheses, may hold spaces; the start is the 20th field after it.
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    }
    catch {
        return '';
    }
}
/**
 * Ends proxies and removes folders whose run no longer exists. Other runs of this machine are left alone.
 * @returns how many folders were removed
 */
function sweepProxies(folder) {
    let removed = 0;
    for (const home of homes(folder)) {
        const owner = readOwner(home);
        if (owner && isAlive(owner))
            continue;
        // Without an owner the folder is a moment old, or not ours.
        if (!owner)
            continue;
        if (owner.proxy !== undefined && serves(owner.proxy, home))
            end(owner.proxy);
        (0,external_node_fs_.rmSync)(home, { recursive: true, force: true });
        removed += 1;
    }
    return removed;
}
/** In the folder, and where a proxy goes whose socket's path would be too long there. */
function homes(folder) {
    return [...new Set([folder, FALLBACK])].flatMap((place) => {
        return list(place).flatMap((name) => (name.startsWith(PREFIX) ? [external_node_path_.join(place, name)] : []));
    });
}
function list(folder) {
    try {
        return (0,external_node_fs_.readdirSync)(folder);
    }
    catch {
        return [];
    }
}
function readOwner(home) {
    try {
        const parsed = dist/* safeParse */.xLC(OwnerSchema, JSON.parse((0,external_node_fs_.readFileSync)(external_node_path_.join(home, OWNER_FILE), 'utf8')));
        return parsed.success ? parsed.output : undefined;
    }
    catch {
        return undefined;
    }
}
function isAlive({ pid, started }) {
    if (started !== '')
        return startTime(pid) === started;
    try {
        process.kill(pid, 0);
        return true;
    }
    catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
}
/** Whether that process is the proxy of this folder, and not a later process of the same id. */
function serves(pid, home) {
    try {
        return (0,external_node_fs_.readFileSync)(`/proc/${String(pid)}/cmdline`, 'utf8').includes(external_node_path_.join(home, 's'));
    }
    catch {
        return false;
    }
}
function end(pid) {
    try {
        process.kill(-pid, 'SIGKILL');
    }
    catch {
        // Gone already.
    }
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
;// CONCATENATED MODULE: ./build/adapters/kubectl/proxy.js
// One `kubectl proxy` on a Unix socket in a folder that only we can enter: the user's own authentication, 2 ms a request.






const START_LIMIT = 10_000;
/** sun_path holds 108 bytes with its terminator. */
const SOCKET_LIMIT = 100;
/** @throws DeployError target-unreachable when kubectl ends at once, with what it said (an unknown context, a broken kubeconfig) */
async function startProxy(options) {
    const guard = process.platform === 'linux' ? await (0,find/* findTool */.S)('setpriv', options.env) : undefined;
    if (guard !== undefined) {
        const guarded = await attempt(options, [guard, '--pdeathsig', 'KILL', options.kubectl]);
        if ('socket' in guarded)
            return guarded;
        // Some setpriv (busybox) can't do this; a mistake of kubectl's own comes up again below.
    }
    const started = await attempt(options, [options.kubectl]);
    if ('socket' in started)
        return started;
    throw new deploy_error/* DeployError */.sH('target-unreachable', `kubectl proxy did not start: ${started.failure}`, {
        evidence: started.said,
        fix: 'Check that kubectl works in a step before this one (kubectl get --raw /version), and the kube-context input.',
    });
}
async function attempt(options, argv) {
    const home = privateFolder(options.folder);
    const socket = external_node_path_.join(home, 's');
    const owner = { pid: process.pid, started: startTime(process.pid) };
    // Known before the process exists, so that whoever finds the folder after a kill -9 knows whose it was.
    (0,external_node_fs_.writeFileSync)(external_node_path_.join(home, OWNER_FILE), JSON.stringify(owner));
    const [program = options.kubectl, ...prefix] = argv;
    const child = (0,external_node_child_process_.spawn)(program, [
        ...prefix,
        'proxy',
        `--unix-socket=${socket}`,
        // Rancher and other gateways serve a cluster below a path.
        '--append-server-path=true',
        // The level that names the client's version, by the header it sends; credentials are masked by kubectl itself.
        '--v=7',
        ...(options.context === undefined ? [] : [`--context=${options.context}`]),
    ], { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: withoutInputs(options.env) });
    (0,external_node_fs_.writeFileSync)(external_node_path_.join(home, OWNER_FILE), JSON.stringify({ ...owner, proxy: child.pid }));
    const voice = listen(child);
    const proxy = {
        socket,
        ended: () => child.exitCode !== null || child.signalCode !== null,
        complaints: () => voice.complaints,
        clientVersion: () => voice.version,
        stop: () => stop(child, home, kill),
    };
    function kill() {
        killGroup(child);
        (0,external_node_fs_.rmSync)(home, { recursive: true, force: true });
    }
    process.once('exit', kill);
    const failure = await ready(child);
    if (failure === undefined)
        return proxy;
    await proxy.stop();
    return { failure, said: voice.complaints };
}
function privateFolder(folder) {
    const fits = external_node_path_.join(folder, `${PREFIX}XXXXXX`, 's').length <= SOCKET_LIMIT;
    return (0,external_node_fs_.mkdtempSync)(external_node_path_.join(fits ? folder : FALLBACK, PREFIX));
}
/** The action's inputs hold secrets that are no business of kubectl or an authentication plugin. */
function withoutInputs(env) {
    const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !name.startsWith('INPUT_'));
    return Object.fromEntries(kept);
}
function listen(child) {
    const voice = { version: undefined, complaints: [] };
    let rest = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = (lines.pop() ?? '').slice(-10_000);
        for (const line of lines) {
            voice.version ??= /^\s*User-Agent: kubectl\/(v[0-9][0-9.]*)/.exec(line)?.[1];
            // The verbose lines begin with I, their continuations with white space.
            if (/^(I\d{4} |\s)/.test(line) || line === '')
                continue;
            voice.complaints = [...voice.complaints, line.slice(0, 500)].slice(-8);
        }
    });
    return voice;
}
/** undefined when it serves, else why not. */
function ready(child) {
    return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(`it was not ready within ${START_LIMIT / 1000} s`), START_LIMIT);
        const settle = (failure) => {
            clearTimeout(timer);
            resolve(failure);
        };
        child.stdout?.setEncoding('utf8').on('data', (text) => {
            if (text.includes('Starting to serve'))
                settle(undefined);
        });
        child.once('error', (error) => settle(error.message));
        child.once('close', (code, signal) => settle(`it ended with ${signal ?? `exit code ${String(code)}`}`));
    });
}
async function stop(child, home, kill) {
    process.off('exit', kill);
    const running = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    const ended = running ? new Promise((resolve) => child.once('exit', resolve)) : undefined;
    killGroup(child);
    await ended;
    (0,external_node_fs_.rmSync)(home, { recursive: true, force: true });
}
/** It holds no state worth a farewell; its plugins are in its group. */
function killGroup(child) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
        return;
    try {
        process.kill(-child.pid, 'SIGKILL');
    }
    catch {
        // Ended in this very moment.
    }
}

;// CONCATENATED MODULE: ./build/adapters/kubectl/index.js









const PATIENCE = 3000;
const BUSY = new Set([429, 500, 502, 503, 504]);
/** The cluster's API through one `kubectl proxy`, started at the first request and gone with `close`. */
function openKubectl(options) {
    const folder = options.folder ?? options.env['RUNNER_TEMP'] ?? (0,external_node_os_.tmpdir)();
    const agent = makeAgent();
    let kubectl;
    let current;
    let version;
    let closed = false;
    function start() {
        if (closed)
            throw new deploy_error/* DeployError */.sH('internal-error', 'the connection to the cluster is closed');
        sweepProxies(folder);
        kubectl ??= locateKubectl({
            version: options.version,
            env: options.env,
            onWarning: options.onWarning,
            downloads: options.downloads,
        });
        return kubectl.then((program) => startProxy({ kubectl: program, context: options.context, env: options.env, folder }));
    }
    /** The proxy that serves; a dead one is replaced, and `stale` too: once for all who found it so. */
    async function proxy(stale) {
        const asked = (current ??= start());
        const found = await asked.catch((error) => {
            if (current === asked)
                current = undefined;
            throw error;
        });
        if (found !== stale && !found.ended())
            return found;
        if (current === asked) {
            current = undefined;
            await found.stop();
        }
        return proxy();
    }
    async function request(method, path, details = {}) {
        const until = Date.now() + (details.patience ?? PATIENCE);
        let server = await proxy();
        let renewed = false;
        for (let attempt = 0;; attempt++) {
            const raw = await send(agent, server.socket, method, path, details).catch((error) => failure(error, details));
            version ??= server.clientVersion();
            if (raw.status === 401 && !renewed) {
                // A token that ran out while this process held it: a new one reads the kubeconfig and asks the plugin again.
                renewed = true;
                server = await proxy(server);
                continue;
            }
            if (raw.status === 401)
                throw denied(path, raw, server);
            const trouble = isTrouble(raw);
            const pause = Math.min(100 * 2 ** attempt, 2000) * (0.5 + Math.random() / 2);
            const wait = Math.max(pause, Math.min(raw.retryAfter ?? 0, 10) * 1000);
            if (trouble === 'none')
                return { status: raw.status, body: parsed(raw) };
            if (trouble === 'final' || Date.now() + wait > until) {
                if (raw.status !== 0 && raw.type.includes('json'))
                    return { status: raw.status, body: parsed(raw) };
                throw unreachable(raw, server);
            }
            await (0,promises_.setTimeout)(wait, undefined, details.signal ? { signal: details.signal } : {}).catch(() => {
                throw (0,deploy_error/* cancelled */.KW)();
            });
            server = await proxy(server.ended() ? server : undefined);
        }
    }
    async function* watch(path, details) {
        const server = await proxy();
        const query = { ...details.query, watch: true, allowWatchBookmarks: true };
        const response = await http_open(agent, server.socket, 'GET', path, { ...details, query }, 0);
        if (response.statusCode !== 200) {
            response.resume();
            yield { type: 'ERROR', object: { code: response.statusCode } };
            return;
        }
        let rest = '';
        response.setEncoding('utf8');
        for await (const text of response) {
            const lines = (rest + text).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines)
                if (line !== '')
                    yield JSON.parse(line);
        }
    }
    return {
        namespace: () => contextNamespace(options.env, options.context),
        clientVersion: () => Promise.resolve(version),
        request,
        watch,
        async close() {
            closed = true;
            const asked = current;
            current = undefined;
            agent.destroy();
            const running = await asked?.catch(() => undefined);
            await running?.stop();
        },
    };
}
function failure(error, details) {
    if (details.signal?.aborted)
        throw (0,deploy_error/* cancelled */.KW)();
    return { status: 0, type: '', retryAfter: undefined, text: error instanceof Error ? error.message : String(error) };
}
/** `again`: not answered, or not now. `final`: the proxy itself can't get through, and asking again won't help. */
function isTrouble(raw) {
    if (raw.status === 0)
        return 'again';
    if (!BUSY.has(raw.status))
        return 'none';
    // kubectl's own words are plain text: no credentials, a certificate that is not trusted.
    if (!raw.type.includes('json') && /getting credentials|x509|exec plugin/.test(raw.text))
        return 'final';
    return 'again';
}
function parsed(raw) {
    if (!raw.type.includes('json'))
        return raw.text;
    try {
        return JSON.parse(raw.text);
    }
    catch {
        return raw.text;
    }
}
function unreachable(raw, proxy) {
    const said = raw.text.trim().slice(0, 500) || `HTTP ${String(raw.status)}`;
    if (raw.text.includes('getting credentials') || raw.text.includes('exec plugin')) {
        return new deploy_error/* DeployError */.sH('target-denied', `kubectl got no credentials for the cluster: ${said}`, {
            evidence: proxy.complaints(),
            fix: 'Run the authentication step of your cloud before this one; the user’s exec plugin must work on this runner.',
        });
    }
    return new deploy_error/* DeployError */.sH('target-unreachable', `the cluster does not answer: ${said}`, {
        evidence: proxy.complaints(),
        fix: raw.text.includes('x509')
            ? 'The certificate is not trusted: check certificate-authority in the kubeconfig.'
            : 'Check the server in the kubeconfig, and that this runner can reach it (private clusters need a runner inside the network).',
    });
}
function denied(path, raw, proxy) {
    return new deploy_error/* DeployError */.sH('target-denied', `the cluster refuses the credentials (401 for ${path})`, {
        evidence: [raw.text.slice(0, 300), ...proxy.complaints()],
        fix: 'The token has expired or is not valid for this cluster: run the authentication step again, right before this one.',
    });
}


/***/ }),

/***/ 4284:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ findTool),
/* harmony export */   T: () => (/* binding */ isExecutable)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);


/** The path of a program on PATH; undefined when there is none. */
async function findTool(name, env = process.env) {
    for (const folder of (env['PATH'] ?? '').split(node_path__WEBPACK_IMPORTED_MODULE_1__.delimiter)) {
        if (folder === '')
            continue;
        const path = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, name);
        if (await isExecutable(path))
            return path;
    }
    return undefined;
}
async function isExecutable(path) {
    try {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.access)(path, node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.constants.X_OK);
        return (await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.stat)(path)).isFile();
    }
    catch {
        return false;
    }
}


/***/ })

};
