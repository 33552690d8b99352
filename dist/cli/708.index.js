export const id = 708;
export const ids = [708,880];
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

/***/ 8670:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ encodeName),
/* harmony export */   m: () => (/* binding */ inspectImage)
/* harmony export */ });
/* harmony import */ var _answers_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7321);

async function inspectImage(api, reference) {
    const answer = await api.request('GET', `/images/${encodeName(reference)}/json`);
    if (answer.status === 404)
        return undefined;
    if (answer.status !== 200)
        throw (0,_answers_js__WEBPACK_IMPORTED_MODULE_0__/* .refused */ .J5)(answer, `inspecting the image ${reference}`);
    const image = (0,_answers_js__WEBPACK_IMPORTED_MODULE_0__/* .read */ .LF)(_answers_js__WEBPACK_IMPORTED_MODULE_0__/* .Image */ ._V, answer, `inspecting the image ${reference}`);
    const config = image.Config;
    const test = config?.Healthcheck?.Test ?? [];
    const healthcheck = test.length > 0 && test[0] !== 'NONE';
    return {
        id: image.Id,
        platform: [image.Os, image.Architecture, image.Variant].filter(Boolean).join('/'),
        labels: config?.Labels ?? {},
        exposedPorts: Object.keys(config?.ExposedPorts ?? {}),
        user: config?.User ?? '',
        healthcheck,
        ...(healthcheck ? { healthcheckTest: test } : {}),
        size: image.Size,
        repoDigests: image.RepoDigests ?? [],
        volumes: Object.keys(config?.Volumes ?? {}),
        ...(image.Created === undefined ? {} : { created: image.Created }),
    };
}
/** A name in a path: slashes, colons and the at sign are part of the engine's routes. */
function encodeName(name) {
    return encodeURIComponent(name).replace(/%2F/g, '/').replace(/%3A/g, ':').replace(/%40/g, '@');
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

/***/ 1708:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createRuntime: () => (/* binding */ createRuntime)
});

// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/adapters/docker/answers.js
var answers = __webpack_require__(7321);
// EXTERNAL MODULE: ./build/adapters/docker/stream.js
var stream = __webpack_require__(7300);
// EXTERNAL MODULE: ./build/adapters/docker/text.js
var docker_text = __webpack_require__(959);
;// CONCATENATED MODULE: ./build/adapters/docker/containers.js




/** Of a container's log on disk; older lines go first. */
const LOG_SIZE = '20m';
const EXEC_OUTPUT = 1024 * 1024;
async function createContainer(api, spec) {
    const answer = await api.request('POST', '/containers/create', { query: { name: spec.name }, body: bodyOf(spec) });
    if (answer.status === 201)
        return (0,answers/* read */.LF)(answers/* Created */.BX, answer, `creating ${spec.name}`).Id;
    throw startError(answer, `creating a container of ${spec.image}`);
}
function bodyOf(spec) {
    const publish = spec.publish ?? [];
    const { network } = spec;
    return {
        Image: spec.image,
        Labels: spec.labels,
        Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
        Cmd: spec.args,
        Entrypoint: spec.entrypoint,
        User: spec.user,
        ExposedPorts: Object.fromEntries(publish.map((port) => [port, {}])),
        HostConfig: {
            NetworkMode: network?.id,
            PortBindings: Object.fromEntries(publish.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]])),
            ReadonlyRootfs: spec.readOnly,
            Memory: spec.memory,
            MemorySwap: spec.memory,
            // A driver whose logs can be read back, whatever the engine's default is.
            LogConfig: { Type: 'json-file', Config: { 'max-size': LOG_SIZE } },
        },
        ...(network ? { NetworkingConfig: { EndpointsConfig: { [network.id]: { Aliases: network.aliases } } } } : {}),
    };
}
async function startContainer(api, id) {
    const answer = await api.request('POST', `/containers/${id}/start`);
    if (answer.status !== 204 && answer.status !== 304)
        throw startError(answer, 'starting the container');
}
function startError(answer, what) {
    const words = answer.message();
    let code = answer.status >= 500 || answer.status === 400 ? 'smoke-cannot-start' : 'engine-error';
    if (answer.status === 404 && /no such image/i.test(words))
        code = 'image-not-found';
    else if (/exec format error|does not match the specified platform/i.test(words))
        code = 'smoke-wrong-platform';
    else if (/no command specified|executable file not found|permission denied|no such file/i.test(words)) {
        code = 'smoke-cannot-start';
    }
    return (0,answers/* refused */.J5)(answer, what, code);
}
async function inspectContainer(api, id) {
    const answer = await api.request('GET', `/containers/${id}/json`);
    if (answer.status === 404)
        return undefined;
    if (answer.status !== 200)
        throw (0,answers/* refused */.J5)(answer, 'inspecting the container');
    const { State: state, RestartCount, NetworkSettings } = (0,answers/* read */.LF)(answers/* Container */.mc, answer, 'inspecting the container');
    const health = state.Health && state.Health.Status !== 'none' ? state.Health : undefined;
    return {
        status: statusOf(state.Status),
        exitCode: state.ExitCode,
        oomKilled: state.OOMKilled,
        restartCount: RestartCount,
        error: (0,docker_text/* oneLine */.TN)(state.Error),
        ...(health
            ? {
                health: {
                    status: health.Status,
                    log: (health.Log ?? []).map((entry) => ({ exitCode: entry.ExitCode, output: entry.Output })),
                },
            }
            : {}),
        ports: publishedPorts(NetworkSettings.Ports ?? {}),
        addresses: Object.values(NetworkSettings.Networks ?? {}).flatMap((network) => network.IPAddress || []),
        ...(state.StartedAt === undefined || state.StartedAt.startsWith('0001-') ? {} : { startedAt: state.StartedAt }),
    };
}
function statusOf(status) {
    return status === 'created' || status === 'running' || status === 'exited' || status === 'dead' ? status : 'other';
}
function publishedPorts(ports) {
    const published = {};
    for (const [port, bindings] of Object.entries(ports)) {
        const host = Number(bindings?.[0]?.HostPort);
        if (host > 0)
            published[port] = host;
    }
    return published;
}
/** A program that does not exist or may not run is exit code 127 or 126 with the engine's words, as a shell has it. */
async function execIn(api, id, argv, signal) {
    const what = `running ${argv[0] ?? ''} in the container`;
    const body = { AttachStdout: true, AttachStderr: true, Cmd: argv };
    const created = await api.request('POST', `/containers/${id}/exec`, { body, signal });
    if (created.status !== 201)
        throw (0,answers/* refused */.J5)(created, what);
    const exec = (0,answers/* read */.LF)(answers/* Created */.BX, created, what).Id;
    const started = await api.stream('POST', `/exec/${exec}/start`, { body: { Detach: false, Tty: false }, signal });
    if (started.status !== 200)
        return cannotRun(await (0,stream/* messageIn */.v6)(started.body));
    const output = await collect(started.body);
    const ended = (0,answers/* read */.LF)(answers/* Exec */.Wo, await api.request('GET', `/exec/${exec}/json`, { signal }), what);
    if (ended.ExitCode == null)
        return cannotRun(output.stdout + output.stderr);
    const failedToRun = ended.ExitCode >= 126 && /OCI runtime exec failed/.test(output.stdout);
    return failedToRun ? cannotRun(output.stdout) : { exitCode: ended.ExitCode, ...output };
}
function cannotRun(words) {
    return { exitCode: /permission denied/i.test(words) ? 126 : 127, stdout: '', stderr: words.trim() };
}
async function collect(body) {
    const kept = { stdout: [], stderr: [] };
    const room = { stdout: EXEC_OUTPUT, stderr: EXEC_OUTPUT };
    for await (const { from, bytes } of (0,stream/* frames */.J$)(body)) {
        if (room[from] <= 0)
            continue;
        kept[from].push(bytes.subarray(0, room[from]));
        room[from] -= bytes.length;
    }
    const text = (chunks) => Buffer.concat(chunks).toString('utf8');
    return { stdout: text(kept.stdout), stderr: text(kept.stderr) };
}
/** Printable lines in the order in which they came; stdout's and stderr's parts of a line are not mixed. */
async function containerLogs(api, id, tail) {
    const { status, body } = await api.stream('GET', `/containers/${id}/logs`, {
        query: { stdout: true, stderr: true, tail: tail ?? 'all' },
    });
    if (status !== 200) {
        const words = await (0,stream/* messageIn */.v6)(body);
        if (status === 404)
            return [];
        throw new deploy_error/* DeployError */.sH('engine-error', `reading the container's logs: ${(0,docker_text/* oneLine */.TN)(words)}`);
    }
    const lines = [];
    const rest = { stdout: '', stderr: '' };
    const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
    for await (const { from, bytes } of (0,stream/* frames */.J$)(body)) {
        const text = rest[from] + decoders[from].decode(bytes, { stream: true });
        const end = text.lastIndexOf('\n') + 1;
        rest[from] = text.slice(end);
        if (end > 0)
            lines.push(...(0,docker_text/* printableLines */.fk)(text.slice(0, end)));
    }
    for (const text of [rest.stdout, rest.stderr])
        if (text !== '')
            lines.push(...(0,docker_text/* printableLines */.fk)(text));
    return tail === undefined ? lines : lines.slice(-tail);
}
/** Sends the signal, waits, and kills what is left. */
async function stopContainer(api, id, signal, within) {
    const ended = api.request('POST', `/containers/${id}/wait`, { query: { condition: 'not-running' } });
    const kill = (name) => api.request('POST', `/containers/${id}/kill`, { query: { signal: name } });
    const sent = await kill(signal);
    const timer = new AbortController();
    const late = delay(within, timer.signal);
    const first = sent.status >= 400 ? 'ended' : await Promise.race([ended.then(() => 'ended'), late]);
    timer.abort();
    if (first === 'ended') {
        await (sent.status >= 400 ? ended.catch(() => undefined) : ended);
        return;
    }
    await kill('SIGKILL');
    await ended;
}
function delay(ms, signal) {
    return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms, 'late');
        signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    });
}
/** Kills and removes with anonymous volumes; absent, or on its way out already, is fine. */
async function removeContainer(api, id) {
    const answer = await api.request('DELETE', `/containers/${id}`, { query: { force: true, v: true } });
    if (answer.status === 204 || answer.status === 404)
        return;
    if (answer.status !== 409)
        throw (0,answers/* refused */.J5)(answer, 'removing the container');
    await api.request('POST', `/containers/${id}/wait`, { query: { condition: 'removed' } });
}

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7934);
;// CONCATENATED MODULE: ./build/adapters/docker/events.js



const ACTIONS = ['die', 'oom', 'restart', 'health_status', 'destroy'];
/** Without a stream of events, how often a waiter looks. */
const LOOK_EVERY = 250;
/**
 * What happens to containers, from one stream of events for all of them. What happened since the last look counts,
 * so nothing is lost between an inspect and the wait after it.
 */
class ContainerEvents {
    #api;
    /** Watched containers: whether something happened since the last look, and who waits for it. */
    #watched = new Map();
    #stream;
    constructor(api) {
        this.#api = api;
    }
    /** Begins to watch: before the container is started. */
    async watch(id) {
        if (this.#watched.has(id))
            return;
        this.#watched.set(id, { happened: false, wake: new Set() });
        this.#stream ??= this.#open();
        await this.#stream.opened;
    }
    unwatch(id) {
        this.#happened(id);
        this.#watched.delete(id);
        if (this.#watched.size > 0)
            return;
        this.#stream?.controller.abort();
        this.#stream = undefined;
    }
    /** Called before a look at the container. */
    looked(id) {
        const entry = this.#watched.get(id);
        if (entry)
            entry.happened = false;
    }
    /** Resolves when something happened since the last look, after `ms`, or on abort. */
    async next(id, ms, signal) {
        if (signal.aborted)
            return;
        if (!this.#watched.has(id)) {
            await this.watch(id);
            return; // what happened before is unknown: look again
        }
        const entry = this.#watched.get(id);
        if (!entry || entry.happened)
            return;
        await new Promise((resolve) => {
            const done = () => {
                clearTimeout(timer);
                signal.removeEventListener('abort', done);
                entry.wake.delete(done);
                resolve();
            };
            const timer = setTimeout(done, !this.#stream ? Math.min(ms, LOOK_EVERY) : ms);
            signal.addEventListener('abort', done, { once: true });
            entry.wake.add(done);
        });
    }
    #happened(id) {
        const entry = this.#watched.get(id);
        if (!entry)
            return;
        entry.happened = true;
        for (const wake of entry.wake)
            wake();
    }
    #open() {
        const controller = new AbortController();
        const filters = { type: ['container'], event: ACTIONS };
        const answer = this.#api.stream('GET', '/events', { query: { filters }, signal: controller.signal });
        const opened = answer.then(({ body }) => {
            void this.#listen(body, controller);
        });
        return { opened, controller };
    }
    async #listen(body, controller) {
        try {
            for await (const line of (0,stream/* jsonLines */.i7)(body)) {
                const event = dist/* safeParse */.xLC(answers/* EngineEvent */.xw, line);
                if (event.success)
                    this.#happened(event.output.Actor.ID);
            }
        }
        catch {
            // The stream broke: whoever waits looks for himself and meets the error, if there is one.
        }
        if (this.#stream?.controller !== controller)
            return;
        this.#stream = undefined;
        for (const id of this.#watched.keys())
            this.#happened(id);
    }
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
;// CONCATENATED MODULE: ./build/adapters/docker/files.js






const MOST_BYTES = 16 * 1024 * 1024;
const MOST_LINKS = 10;
/** A file by copy-out; links are followed. Content is cut after 16 MiB, `size` is the file's own. */
async function readFile(api, id, path) {
    let at = path;
    for (let links = 0; links < MOST_LINKS; links++) {
        const answer = await api.stream('GET', `/containers/${id}/archive`, { query: { path: at } });
        if (answer.status !== 200) {
            await (0,stream/* drain */.Ze)(answer.body);
            if (answer.status === 404)
                return undefined;
            throw new deploy_error/* DeployError */.sH('engine-error', `reading ${path}: the engine answered ${String(answer.status)}`);
        }
        const target = linkTarget(answer.headers['x-docker-container-path-stat']);
        if (target === undefined)
            return firstEntry(answer.body);
        await (0,stream/* drain */.Ze)(answer.body);
        at = external_node_path_.posix.resolve(external_node_path_.posix.dirname(at), target);
    }
    throw new deploy_error/* DeployError */.sH('engine-error', `reading ${path}: too many symbolic links`);
}
function linkTarget(header) {
    if (typeof header !== 'string')
        return undefined;
    const stat = dist/* safeParse */.xLC(answers/* PathStat */.ei, JSON.parse(Buffer.from(header, 'base64').toString('utf8')));
    return stat.success && stat.output.linkTarget !== '' ? stat.output.linkTarget : undefined;
}
async function firstEntry(body) {
    const { extract } = await __webpack_require__.e(/* import() */ 118).then(__webpack_require__.t.bind(__webpack_require__, 6118, 19));
    const archive = extract();
    const source = external_node_stream_.Readable.from(body);
    source.on('error', (error) => archive.destroy(error)).pipe(archive);
    try {
        for await (const entry of archive) {
            const { mode, uid, gid, size } = entry.header;
            const chunks = [];
            let room = MOST_BYTES;
            for await (const chunk of entry) {
                chunks.push(chunk.subarray(0, room));
                room -= chunk.length;
                if (room <= 0)
                    break;
            }
            return { mode: mode & 0o7777, uid, gid, size, content: Buffer.concat(chunks) };
        }
        return undefined;
    }
    finally {
        source.destroy();
    }
}

// EXTERNAL MODULE: ./build/adapters/docker/info.js
var info = __webpack_require__(9880);
// EXTERNAL MODULE: ./build/adapters/docker/images.js
var docker_images = __webpack_require__(8670);
// EXTERNAL MODULE: ./build/domain/labels.js
var labels = __webpack_require__(3802);
;// CONCATENATED MODULE: ./build/adapters/docker/networks.js


async function createNetwork(api, name, labels, internal) {
    const body = { Name: name, Labels: labels, Internal: internal, Driver: 'bridge', CheckDuplicate: true };
    const answer = await api.request('POST', '/networks/create', { body });
    if (answer.status !== 201)
        throw (0,answers/* refused */.J5)(answer, `creating the network ${name}`);
    return (0,answers/* read */.LF)(answers/* Created */.BX, answer, `creating the network ${name}`).Id;
}
async function removeNetwork(api, id) {
    const answer = await api.request('DELETE', `/networks/${id}`);
    if (answer.status !== 204 && answer.status !== 404)
        throw (0,answers/* refused */.J5)(answer, 'removing the network');
}
async function attach(api, network, container, verb) {
    const body = { Container: container, ...(verb === 'disconnect' ? { Force: true } : {}) };
    const answer = await api.request('POST', `/networks/${network}/${verb}`, { body });
    const gone = verb === 'disconnect' && (answer.status === 404 || /is not connected/.test(answer.message()));
    if (answer.status !== 200 && !gone)
        throw (0,answers/* refused */.J5)(answer, `${verb}ing ${container} with the network ${network}`);
}
/**
 * Containers first: a network with one cannot go. What vanishes meanwhile was swept by somebody else; what resists does
 * not keep the rest.
 */
async function sweep(api, label, remove) {
    const filter = label === 'expired' ? labels/* LABEL */.d_.expires : `${label.key}=${label.value}`;
    const now = Date.now();
    const list = async (path) => {
        const answer = await api.request('GET', path, { query: { all: true, filters: { label: [filter] } } });
        if (answer.status !== 200)
            throw (0,answers/* refused */.J5)(answer, 'looking for leftovers');
        const found = (0,answers/* read */.LF)(answers/* Labelled */.ks, answer, 'looking for leftovers');
        return found.filter(({ Labels }) => label !== 'expired' || isPast(Labels?.[labels/* LABEL */.d_.expires], now)).map(({ Id }) => Id);
    };
    const [containers, networks] = await Promise.all([list('/containers/json'), list('/networks')]);
    const removed = await Promise.allSettled(containers.map((id) => remove(id)));
    const freed = await Promise.allSettled(networks.map((id) => emptyAndRemove(api, id)));
    const failed = [...removed, ...freed].find((result) => result.status === 'rejected');
    if (failed)
        throw failed.reason;
}
/** A job's own container that was put on the network stays; only its connection goes. */
async function emptyAndRemove(api, id) {
    const answer = await api.request('GET', `/networks/${id}`);
    if (answer.status === 404)
        return;
    const attached = Object.keys((0,answers/* read */.LF)(answers/* Network */.lg, answer, 'looking at a left-over network').Containers ?? {});
    await Promise.all(attached.map((container) => attach(api, id, container, 'disconnect')));
    await removeNetwork(api, id);
}
function isPast(time, now) {
    return Date.parse(time ?? '') < now;
}

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./build/domain/digest.js
var digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/domain/image.js
var domain_image = __webpack_require__(1452);
;// CONCATENATED MODULE: ./build/adapters/docker/transfer.js









/** The newest candidate of a repository on this engine; never pushed. */
const LOCAL_TAG = 'immutable-deploy';
async function pullImage(api, auth, image, platform, signal) {
    const { repository, reference } = image;
    const name = repository.name + (reference.startsWith('sha256:') ? '@' : ':') + reference;
    await patiently(signal, async () => {
        const { status, body } = await api.stream('POST', '/images/create', {
            query: { fromImage: repository.name, tag: reference, platform },
            headers: { 'x-registry-auth': await auth(repository) },
            signal,
        });
        await follow(body, status, (problem) => transferError(`pulling ${name}`, repository, problem));
    });
}
/** @throws DeployError invalid-input for a text that is no reference */
async function pullReference(api, auth, text, signal) {
    const reference = (0,domain_image/* parseReference */.F2)(text);
    if (!reference)
        throw new deploy_error/* DeployError */.sH('invalid-input', `"${text}" is no image reference`);
    const { repository, digest, tag = 'latest' } = reference;
    await pullImage(api, auth, { repository, reference: digest ?? tag }, undefined, signal);
}
/** Tags, pushes and untags; the image stays in the engine's store. */
async function pushImage(api, auth, image, signal) {
    const { id, repository, tag } = image;
    const name = `${repository.name}:${tag}`;
    // The engine deletes an image with its last name, and a smoke test may be about to use it: one name a repository
    // stays, on this engine only, and moves from candidate to candidate.
    for (const own of [LOCAL_TAG, tag]) {
        const tagged = await tagImage(api, id, repository, own, signal);
        if (tagged.status === 404)
            throw (0,answers/* refused */.J5)(tagged, `tagging ${id}`, 'image-not-found');
        if (tagged.status !== 201)
            throw (0,answers/* refused */.J5)(tagged, `tagging ${id} as ${repository.name}:${own}`);
    }
    try {
        return await patiently(signal, () => push(api, auth, repository, tag, signal));
    }
    finally {
        await api.request('DELETE', `/images/${(0,docker_images/* encodeName */.a)(name)}`, { query: { noprune: true } });
    }
}
async function push(api, auth, repository, tag, signal) {
    const what = `pushing ${repository.name}:${tag}`;
    const { status, body } = await api.stream('POST', `/images/${(0,docker_images/* encodeName */.a)(repository.name)}/push`, {
        query: { tag },
        headers: { 'x-registry-auth': await auth(repository) },
        signal,
    });
    let digest;
    await follow(body, status, (problem) => transferError(what, repository, problem), (line) => {
        digest = pushedDigest(line) ?? digest;
    });
    if (!digest)
        throw new deploy_error/* DeployError */.sH('engine-error', `${what}: the engine did not name the pushed digest`);
    return digest;
}
function tagImage(api, id, repository, tag, signal) {
    return api.request('POST', `/images/${(0,docker_images/* encodeName */.a)(id)}/tag`, { query: { repo: repository.name, tag }, signal });
}
const PAUSES = [1000, 3000];
const TRANSIENT = /\b(?:429|50[0234])\b|too ?many ?requests|unexpected HTTP status: 5|reset by peer|\bEOF\b|timeout|broken pipe/i;
/** Transfers change nothing that repeating would harm; the engine itself gives up at the first bad manifest answer. */
async function patiently(signal, transfer) {
    for (const pause of PAUSES) {
        try {
            return await transfer();
        }
        catch (error) {
            if (!isTransient(error))
                throw error;
            await (0,promises_.setTimeout)(pause, undefined, { signal }).catch(() => undefined);
            (0,deploy_error/* throwIfAborted */.Te)(signal);
        }
    }
    return transfer();
}
function isTransient(error) {
    if (!(error instanceof deploy_error/* DeployError */.sH))
        return false;
    return (error.code === 'registry-error' || error.code === 'registry-unreachable') && TRANSIENT.test(error.what);
}
/** `aux.Digest` of the classic store; containerd's only says `tag: digest: sha256:… size: …`. */
function pushedDigest({ aux, status }) {
    const parsed = dist/* safeParse */.xLC(answers/* PushAux */.pg, aux);
    const text = parsed.success ? parsed.output.Digest : (/ digest: (\S+) size: \d+$/.exec(status ?? '')?.[1] ?? '');
    return (0,digest/* isDigest */.Bc)(text) ? text : undefined;
}
/** Reads a progress stream to its end. The engine reports most failures inside it, with status 200. */
async function follow(body, status, explain, each = () => undefined) {
    if (status !== 200)
        throw explain(await (0,stream/* messageIn */.v6)(body));
    for await (const line of (0,stream/* jsonLines */.i7)(body)) {
        const progress = dist/* safeParse */.xLC(answers/* Progress */.ke, line);
        if (!progress.success)
            continue;
        const problem = progress.output.errorDetail?.message ?? progress.output.error;
        if (problem !== undefined)
            throw explain(problem);
        each(progress.output);
    }
}
/** Classifies by the words of the engine, which are all that it gives. */
function transferError(what, repository, problem) {
    const words = (0,docker_text/* oneLine */.TN)(problem).slice(0, 600);
    const message = `${what}: ${words}`;
    if (/context canceled/i.test(words))
        return (0,deploy_error/* cancelled */.KW)();
    if (/no matching manifest|does not match the specified platform|no match for platform/i.test(words)) {
        return new deploy_error/* DeployError */.sH('smoke-wrong-platform', message);
    }
    if (/denied|unauthorized|authentication required|no basic auth|forbidden|\b40[13]\b/i.test(words)) {
        return new deploy_error/* DeployError */.sH('registry-denied', message);
    }
    if (/not found|manifest unknown|name unknown|does not exist|\b404\b/i.test(words)) {
        return new deploy_error/* DeployError */.sH('image-not-found', message);
    }
    if (/connection refused|no such host|timeout|deadline|i\/o|\bEOF\b|reset by peer|TLS|x509|server gave HTTP/i.test(words)) {
        return new deploy_error/* DeployError */.sH('registry-unreachable', message, {
            fix: `Check that the engine reaches ${repository.registry}; a registry without TLS needs insecure-registries in the engine's configuration.`,
        });
    }
    return new deploy_error/* DeployError */.sH('registry-error', message);
}

;// CONCATENATED MODULE: ./build/adapters/docker/runtime.js







/** The runner's engine as the pipeline and the smoke test see it. */
function createRuntime(api, { registry }) {
    const auth = (repository) => registry.engineAuth(repository);
    const events = new ContainerEvents(api);
    let known;
    const remove = async (id) => {
        events.unwatch(id);
        await removeContainer(api, id);
    };
    return {
        info: () => (known ??= (0,info.engineInfo)(api)),
        image: (reference) => (0,docker_images/* inspectImage */.m)(api, reference),
        pull: ({ repository, digest }, platform, signal) => pullImage(api, auth, { repository, reference: digest }, platform, signal),
        pullReference: (reference, signal) => pullReference(api, auth, reference, signal),
        push: (id, repository, tag, signal) => pushImage(api, auth, { id, repository, tag }, signal),
        createNetwork: (name, labels, internal) => createNetwork(api, name, labels, internal),
        removeNetwork: (id) => removeNetwork(api, id),
        connect: (network, container) => attach(api, network, container, 'connect'),
        disconnect: (network, container) => attach(api, network, container, 'disconnect'),
        create: (spec) => createContainer(api, spec),
        start: async (id) => {
            await events.watch(id);
            await startContainer(api, id);
        },
        inspect: (id) => {
            events.looked(id);
            return inspectContainer(api, id);
        },
        changed: (id, ms, signal) => events.next(id, ms, signal),
        exec: (id, argv, signal) => execIn(api, id, argv, signal),
        file: (id, path) => readFile(api, id, path),
        logs: (id, tail) => containerLogs(api, id, tail),
        stop: (id, signal, within) => stopContainer(api, id, signal, within),
        remove,
        sweep: (label) => sweep(api, label, remove),
    };
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


/***/ }),

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


/***/ })

};
