export const id = 655;
export const ids = [655];
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

/***/ 314:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   HJ: () => (/* binding */ buildArg),
/* harmony export */   bq: () => (/* binding */ mountTypes),
/* harmony export */   qE: () => (/* binding */ dockerfileText),
/* harmony export */   tt: () => (/* binding */ buildArgsOf),
/* harmony export */   uN: () => (/* binding */ isRemoteContext)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var _context_tar_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1575);


/** A Git or web address instead of a folder. */
function isRemoteContext(context) {
    return /^(?:https?|git|ssh):\/\/|^git@[^/]+:|^github\.com\//.test(context);
}
/** The Dockerfile's text; undefined where it is not on this machine or cannot be read. */
function dockerfileText(request) {
    if (isRemoteContext(request.context))
        return undefined;
    try {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)((0,_context_tar_js__WEBPACK_IMPORTED_MODULE_1__/* .dockerfilePath */ .S)(request.context, request.file), 'utf8');
    }
    catch {
        return undefined;
    }
}
/** Kinds of `RUN --mount` in a Dockerfile: secret, ssh, … */
function mountTypes(dockerfile) {
    const types = new Set();
    const logical = dockerfile.replace(/^[ \t]*#.*(?:\r?\n|$)/gm, '').replace(/[\\`]\r?\n/g, ' ');
    for (const [line] of logical.matchAll(/^\s*RUN\s.*$/gim)) {
        for (const [, options = ''] of line.matchAll(/--mount=(\S+)/g)) {
            types.add(/(?:^|,)type=([a-z]+)/.exec(options)?.[1] ?? 'bind');
        }
    }
    return types;
}
/** `NAME=value`, or `NAME` alone, whose value is the environment's; undefined where it has none. */
function buildArg(text, env) {
    const equals = text.indexOf('=');
    if (equals >= 0)
        return [text.slice(0, equals), text.slice(equals + 1)];
    const value = env[text];
    return value === undefined ? [text] : [text, value];
}
/** Build arguments with SOURCE_DATE_EPOCH, unless the user gave one. */
function buildArgsOf(request) {
    const own = request.buildArgs.some((arg) => /^SOURCE_DATE_EPOCH(?:=|$)/.test(arg));
    return own ? request.buildArgs : [...request.buildArgs, `SOURCE_DATE_EPOCH=${String(request.sourceDateEpoch)}`];
}


/***/ }),

/***/ 1655:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createBuildxBuilder: () => (/* binding */ createBuildxBuilder)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7934);
// EXTERNAL MODULE: ./build/domain/digest.js
var domain_digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:string_decoder"
var external_node_string_decoder_ = __webpack_require__(6193);
;// CONCATENATED MODULE: ./build/adapters/process/run.js



const KEPT = 1024 * 1024;
const GRACE = 3000;
/**
 * Runs a program in a process group of its own, never through a shell. Any exit code resolves.
 * @throws DeployError tool-missing when it cannot be started; cancelled, or the signal's own DeployError, on abort
 */
async function run(file, args, options = {}) {
    const { signal } = options;
    if (signal?.aborted)
        throw reasonOf(signal);
    const child = (0,external_node_child_process_.spawn)(file, args, {
        cwd: options.cwd,
        env: { ...(options.env ?? process.env) },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout = new Output((line) => options.onLine?.(line, 'stdout'));
    const stderr = new Output((line) => options.onLine?.(line, 'stderr'));
    child.stdout.on('data', (chunk) => stdout.add(chunk));
    child.stderr.on('data', (chunk) => stderr.add(chunk));
    child.stdin.on('error', () => undefined); // a child that does not read is its own business
    child.stdin.end(options.stdin);
    let timedOut = false;
    let killer;
    const end = () => {
        killGroup(child.pid, 'SIGTERM');
        killer ??= setTimeout(() => killGroup(child.pid, 'SIGKILL'), options.grace ?? GRACE);
    };
    const late = () => {
        timedOut = true;
        end();
    };
    const timer = options.timeout === undefined ? undefined : setTimeout(late, options.timeout);
    signal?.addEventListener('abort', end, { once: true });
    try {
        const [code, endedBy] = await new Promise((resolve, reject) => {
            child.on('error', (error) => reject(cannotStart(file, error)));
            child.on('close', (code, by) => resolve([code, by]));
        });
        if (signal?.aborted)
            throw reasonOf(signal);
        return { code, signal: endedBy, stdout: stdout.end(), stderr: stderr.end(), timedOut };
    }
    finally {
        clearTimeout(timer);
        clearTimeout(killer);
        signal?.removeEventListener('abort', end);
    }
}
/** Collects the end of an output and cuts it into lines. */
class Output {
    #decoder = new external_node_string_decoder_.StringDecoder('utf8');
    #onLine;
    #text = '';
    #rest = '';
    constructor(onLine) {
        this.#onLine = onLine;
    }
    add(chunk) {
        this.#take(this.#decoder.write(chunk));
    }
    end() {
        this.#take(this.#decoder.end());
        if (this.#rest !== '')
            this.#onLine(this.#rest);
        this.#rest = '';
        return this.#text;
    }
    #take(text) {
        this.#text += text;
        if (this.#text.length > 2 * KEPT)
            this.#text = this.#text.slice(-KEPT);
        const lines = (this.#rest + text).split('\n');
        this.#rest = lines.pop() ?? '';
        for (const line of lines)
            this.#onLine(line.replace(/\r$/, ''));
        if (this.#rest.length > KEPT)
            this.#rest = this.#rest.slice(-KEPT);
    }
}
function killGroup(pid, signal) {
    if (pid === undefined)
        return;
    try {
        process.kill(-pid, signal);
    }
    catch {
        // gone already
    }
}
function cannotStart(file, error) {
    return new deploy_error/* DeployError */.sH('tool-missing', `${file} cannot be started: ${error.message}`, { cause: error });
}
function reasonOf(signal) {
    return signal.reason instanceof deploy_error/* DeployError */.sH ? signal.reason : (0,deploy_error/* cancelled */.KW)();
}

;// CONCATENATED MODULE: ./build/adapters/process/tool.js
/** A short call whose time does not matter (versions, probes); it can neither be cancelled nor time out: that is `run`. */
async function tool(file, args, env = process.env) {
    const { getExecOutput } = await __webpack_require__.e(/* import() */ 955).then(__webpack_require__.bind(__webpack_require__, 1955));
    const defined = Object.entries(env).filter((entry) => entry[1] !== undefined);
    const { exitCode, stdout, stderr } = await getExecOutput(file, [...args], {
        env: Object.fromEntries(defined),
        silent: true,
        ignoreReturnCode: true,
    });
    return { code: exitCode, stdout, stderr };
}

// EXTERNAL MODULE: ./build/adapters/docker/build-request.js
var build_request = __webpack_require__(314);
;// CONCATENATED MODULE: ./build/adapters/docker/buildx-args.js

/** The command line `buildx build …`, flags in build-push-action's order; no secret value is in it. */
function buildxCall(request, options) {
    const secrets = secretFlags(request, options.serverUrl);
    const toEngine = options.output.to === 'engine';
    const args = [
        'build',
        ...each('--add-host', request.addHosts),
        ...each('--allow', request.allow),
        ...each('--annotation', request.annotations),
        ...each('--attest', request.attests),
        ...each('--build-arg', (0,build_request/* buildArgsOf */.tt)(request)),
        ...each('--build-context', request.buildContexts),
        ...each('--builder', optional(request.builder)),
        ...each('--cache-from', request.cacheFrom),
        ...each('--cache-to', request.cacheTo),
        ...each('--file', optional(request.file)),
        ...each('--label', Object.entries(request.labels).map(([name, value]) => `${name}=${value}`)),
        '--metadata-file',
        options.metadataFile,
        ...each('--network', optional(request.network)),
        ...(request.noCache ? ['--no-cache'] : []),
        ...each('--no-cache-filter', request.noCacheFilters),
        ...outputFlags(options.output),
        ...(options.platforms.length > 0 ? ['--platform', options.platforms.join(',')] : []),
        '--progress',
        options.progress,
        // An engine's store cannot hold attestations unless it is containerd's, and then they change what is smoked.
        ...each('--provenance', optional(request.provenance ?? (toEngine ? 'false' : undefined)), '='),
        ...(request.pull ? ['--pull'] : []),
        ...each('--sbom', optional(request.sbom), '='),
        ...each('--secret', secrets.flags),
        ...each('--shm-size', optional(request.shmSize)),
        ...each('--ssh', request.ssh),
        ...each('--target', optional(request.stage)),
        ...each('--ulimit', request.ulimit),
        '--',
        request.context,
    ];
    return { args, env: secrets.env };
}
function outputFlags(output) {
    if (output.to === 'engine')
        return ['--load'];
    if (output.to === 'cache')
        return ['--output', 'type=cacheonly'];
    const name = output.repository.name;
    return ['--output', `type=image,name=${name},push-by-digest=true,name-canonical=true,push=true`];
}
function secretFlags(request, serverUrl) {
    const env = {};
    const flags = [];
    const addValue = (id, value) => {
        const variable = `IMD_SECRET_${String(Object.keys(env).length)}`;
        env[variable] = value;
        flags.push(csv([`id=${id}`, `env=${variable}`]));
    };
    for (const secret of request.secrets)
        addValue(...split(secret));
    for (const secret of request.secretEnvs) {
        const [id, variable] = split(secret);
        flags.push(csv([`id=${id}`, `env=${variable}`]));
    }
    for (const secret of request.secretFiles) {
        const [id, path] = split(secret);
        flags.push(csv([`id=${id}`, `src=${path}`]));
    }
    const gitToken = gitTokenSecret(request, serverUrl);
    if (gitToken)
        addValue(gitToken.id, gitToken.value);
    return { flags, env };
}
/** The workflow's token for a Git context on the workflow's own server, and for no other host. */
function gitTokenSecret(request, serverUrl = 'https://github.com') {
    const { githubToken, context } = request;
    if (!githubToken || !(0,build_request/* isRemoteContext */.uN)(context) || !URL.canParse(context) || !URL.canParse(serverUrl))
        return undefined;
    const { protocol, host } = new URL(context);
    const given = [...request.secrets, ...request.secretEnvs, ...request.secretFiles];
    if (protocol !== 'https:' || host !== new URL(serverUrl).host)
        return undefined;
    if (given.some((secret) => secret.startsWith('GIT_AUTH_TOKEN')))
        return undefined;
    return { id: `GIT_AUTH_TOKEN.${host}`, value: githubToken };
}
function each(flag, values, join = ' ') {
    return values.flatMap((value) => (join === '=' ? [`${flag}=${value}`] : [flag, value]));
}
function optional(value) {
    return value === undefined || value === '' ? [] : [value];
}
function split(pair) {
    const equals = pair.indexOf('=');
    return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
}
function csv(fields) {
    return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

// EXTERNAL MODULE: ./build/adapters/docker/buildx-find.js
var buildx_find = __webpack_require__(6674);
// EXTERNAL MODULE: ./build/adapters/docker/credentials.js
var credentials = __webpack_require__(6308);
// EXTERNAL MODULE: ./build/adapters/docker/endpoint.js
var endpoint = __webpack_require__(37);
;// CONCATENATED MODULE: ./build/adapters/docker/buildx-auth.js






const HUB_KEY = 'https://index.docker.io/v1/';
/**
 * Variables that let buildx push where only we have credentials (a workflow's token for ghcr.io): a copy of the
 * client's configuration with them added, in `folder`, which is private and removed after the build.
 * Empty when Docker's own configuration knows the registry, or nobody does.
 */
async function registryAccess(repository, auth, env, folder) {
    const config = await (0,buildx_find/* clientConfig */.yO)(env);
    const keys = repository.registry === 'registry-1.docker.io' ? [HUB_KEY, 'docker.io'] : [repository.registry];
    const known = { ...config.auths, ...config.credHelpers };
    if (!auth || config.credsStore || keys.some((key) => key in known || `https://${key}` in known))
        return {};
    const { username, password, identitytoken } = (0,credentials/* readCredentials */.L)(await auth(repository));
    if (!password && !identitytoken)
        return {};
    const source = (0,endpoint/* dockerConfigFolder */.Pe)(env);
    const text = await (0,promises_.readFile)((0,external_node_path_.join)(source, 'config.json'), 'utf8').catch(() => '{}');
    const whole = dist/* parse */.qgA(dist/* record */.g1P(dist/* string */.YjP(), dist/* unknown */.L5J()), JSON.parse(text));
    const entry = {
        auth: Buffer.from(`${username}:${password}`).toString('base64'),
        ...(identitytoken ? { identitytoken } : {}),
    };
    const auths = { ...config.auths, [keys[0] ?? '']: entry };
    const own = (0,external_node_path_.join)(folder, 'config');
    await (0,promises_.mkdir)(own, { mode: 0o700 });
    await (0,promises_.writeFile)((0,external_node_path_.join)(own, 'config.json'), JSON.stringify({ ...whole, auths }), { mode: 0o600 });
    await (0,promises_.symlink)((0,external_node_path_.join)(source, 'contexts'), (0,external_node_path_.join)(own, 'contexts'));
    // What the client looks for beside its configuration stays where it was.
    return { DOCKER_CONFIG: own, BUILDX_CONFIG: (0,buildx_find/* buildxFolder */.jN)(env), DOCKER_CERT_PATH: env['DOCKER_CERT_PATH'] || source };
}

;// CONCATENATED MODULE: ./build/adapters/docker/buildx-progress.js

const Time = dist/* optional */.lqM(dist/* pipe */.FsL(dist/* string */.YjP(), dist/* transform */.pdi(Date.parse)));
const Update = dist/* object */.Ikc({
    vertexes: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({
        digest: dist/* string */.YjP(),
        name: dist/* string */.YjP(),
        cached: dist/* optional */.lqM(dist/* boolean */.zMY(), false),
        started: Time,
        completed: Time,
        error: dist/* optional */.lqM(dist/* string */.YjP(), ''),
    }))),
    logs: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({ vertex: dist/* string */.YjP(), data: dist/* optional */.lqM(dist/* string */.YjP(), '') }))),
    warnings: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({ short: dist/* optional */.lqM(dist/* string */.YjP(), '') }))),
});
/** One line of `--progress rawjson`; undefined when it is not one. */
function parseRawJson(line) {
    if (!line.startsWith('{'))
        return undefined;
    try {
        const parsed = dist/* safeParse */.xLC(Update, JSON.parse(line));
        if (!parsed.success)
            return undefined;
        const { vertexes, logs, warnings } = parsed.output;
        return {
            vertexes: (vertexes ?? []).map(({ started, completed, ...vertex }) => ({
                ...vertex,
                ...(started === undefined ? {} : { started }),
                ...(completed === undefined ? {} : { completed }),
            })),
            logs: (logs ?? []).map(({ vertex, data }) => ({ vertex, data: Buffer.from(data, 'base64') })),
            warnings: (warnings ?? []).map(({ short }) => Buffer.from(short, 'base64').toString('utf8')),
        };
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ./build/adapters/docker/images.js
var docker_images = __webpack_require__(8670);
// EXTERNAL MODULE: ./build/adapters/docker/progress.js
var docker_progress = __webpack_require__(9223);
;// CONCATENATED MODULE: ./build/adapters/docker/buildx-builder.js













const Metadata = dist/* object */.Ikc({
    'containerimage.digest': dist/* optional */.lqM(dist/* string */.YjP()),
    'containerimage.config.digest': dist/* optional */.lqM(dist/* string */.YjP()),
});
/** Builds by buildx: one process, two where several platforms are built and one of them is loaded. */
function createBuildxBuilder(api, options) {
    return {
        name: 'buildx',
        refuse: (request) => refusals(request, options),
        build: async (request, { push, signal }) => {
            const folder = await (0,promises_.mkdtemp)((0,external_node_path_.join)(options.env['RUNNER_TEMP'] || (0,external_node_os_.tmpdir)(), 'immutable-deploy-'));
            try {
                return await build(api, options, request, push, folder, signal);
            }
            finally {
                await (0,promises_.rm)(folder, { recursive: true, force: true });
            }
        },
    };
}
/** The engine as a builder has no cache export and, with the classic store, neither several platforms nor attestations. */
function refusals(request, { builder, engine }) {
    if (builder.driver !== 'docker' || engine?.containerdStore)
        return [];
    const on = (value) => value !== undefined && value !== '' && value !== 'false';
    const asked = [
        ['platforms', request.platforms.length > 1, request.platforms.join(',')],
        ['cache-to', request.cacheTo.some((entry) => !entry.includes('type=inline')), request.cacheTo.join(', ')],
        ['provenance', on(request.provenance), request.provenance ?? ''],
        ['sbom', on(request.sbom), request.sbom ?? ''],
        ['attests', request.attests.length > 0, request.attests.join(', ')],
    ];
    const problem = `the builder "${builder.name}" is the engine itself and cannot do this; add this step before: - uses: docker/setup-buildx-action@v3`;
    return asked.flatMap(([name, wanted, value]) => (wanted ? [{ name, value, problem }] : []));
}
async function build(api, options, request, push, folder, signal) {
    const { builder, engine } = options;
    const progress = new docker_progress/* BuildProgress */.e(options.reporter);
    const call = (output, platforms, access = {}) => invoke(options, request, { output, platforms, access, folder, progress, signal });
    if (push && builder.driver !== 'docker') {
        const access = await registryAccess(push, options.auth, options.env, folder);
        const digest = (await call({ to: 'registry', repository: push }, request.platforms, access))['containerimage.digest'];
        if (digest === undefined || !(0,domain_digest/* isDigest */.Bc)(digest))
            throw progress.failure('buildx did not name the pushed digest');
        return { where: 'registry', digest };
    }
    let platforms = request.platforms;
    if (platforms.length > 1 && builder.driver !== 'docker') {
        await call({ to: 'cache' }, platforms);
        const own = platforms.find((platform) => platform === engine?.platform) ?? platforms[0];
        platforms = own === undefined ? [] : [own];
    }
    return loaded(api, await call({ to: 'engine' }, platforms), progress);
}
/** What the engine calls the loaded image depends on its store, so it is asked. */
async function loaded(api, metadata, progress) {
    for (const id of [metadata['containerimage.digest'], metadata['containerimage.config.digest']]) {
        const image = id === undefined ? undefined : await (0,docker_images/* inspectImage */.m)(api, id);
        if (image)
            return { where: 'engine', imageId: image.id };
    }
    throw progress.failure('the built image did not arrive in the engine');
}
async function invoke(options, request, invocation) {
    const metadataFile = (0,external_node_path_.join)(invocation.folder, 'metadata.json');
    const attempt = async (mode) => {
        const { output, platforms, progress, signal } = invocation;
        const serverUrl = options.env['GITHUB_SERVER_URL'];
        const { args, env } = buildxCall(request, { output, platforms, metadataFile, progress: mode, serverUrl });
        const rest = [];
        const onLine = (line) => {
            const update = mode === 'rawjson' ? parseRawJson(line) : undefined;
            if (update)
                progress.update(update);
            else if (line.trim() !== '')
                rest.push(line);
            if (!update && mode === 'plain')
                progress.text(line);
        };
        // BuildKit would put a copy of the provenance into the metadata file, which nobody reads.
        const own = { BUILDX_METADATA_PROVENANCE: 'disabled', ...invocation.access, ...env };
        const result = await run(options.program, args, { env: { ...options.env, ...own }, signal, onLine });
        const words = rest.slice(-20).join('\n');
        return { ok: result.code === 0, words: /^ERROR: (.+)$/m.exec(words)?.[1] ?? words };
    };
    let result = await attempt('rawjson');
    if (!result.ok && /invalid progress mode/.test(result.words)) {
        const version = (await tool(options.program, ['version'], options.env)).stdout.trim();
        options.reporter.emit({ type: 'notice', text: `this buildx is old, its log is shown as it comes: ${version}` });
        result = await attempt('plain');
    }
    if (!result.ok)
        throw invocation.progress.failure(result.words);
    return readMetadata(metadataFile);
}
async function readMetadata(path) {
    const parsed = dist/* safeParse */.xLC(Metadata, JSON.parse(await (0,promises_.readFile)(path, 'utf8')));
    if (!parsed.success)
        throw new deploy_error/* DeployError */.sH('build-failed', "buildx's metadata file has an unexpected shape");
    return parsed.output;
}


/***/ }),

/***/ 1575:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   J: () => (/* binding */ packContext),
/* harmony export */   S: () => (/* binding */ dockerfilePath)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3024);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6760);
/* harmony import */ var node_stream__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(7075);
/* harmony import */ var node_stream_promises__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6466);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(2364);







/** Files above this size are streamed, smaller ones read at once. */
const STREAMED = 1024 * 1024;
/** The Dockerfile's path: `file` is relative to the working folder, its default to the context. */
function dockerfilePath(context, file) {
    return file === undefined ? (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(context, 'Dockerfile') : (0,node_path__WEBPACK_IMPORTED_MODULE_3__.resolve)(file);
}
/**
 * A folder as the archive that the engine builds from: names sorted, modes and times kept, owners reset, links as links,
 * what the ignore file says left out. A Dockerfile that is outside, or ignored, travels under a name of its own.
 * @throws DeployError build-failed when the context or the Dockerfile cannot be read
 */
async function packContext(context, file) {
    const path = dockerfilePath(context, file);
    const text = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.readFile)(path).catch((error) => {
        throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_6__/* .DeployError */ .sH('build-failed', `the Dockerfile cannot be read: ${words(error)}`, {
            fix: 'Name it with the file input (relative to the working folder), or correct context.',
        });
    });
    const ignored = await ignoreRules(context, path);
    const inside = (0,node_path__WEBPACK_IMPORTED_MODULE_3__.relative)(context, path);
    const travels = inside.startsWith('..') || (0,node_path__WEBPACK_IMPORTED_MODULE_3__.isAbsolute)(inside) || ignored.ignores(posix(inside));
    const dockerfile = travels
        ? `.dockerfile.${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(text).digest('hex').slice(0, 12)}`
        : posix(inside);
    const { pack } = await __webpack_require__.e(/* import() */ 118).then(__webpack_require__.t.bind(__webpack_require__, 6118, 19));
    const archive = pack();
    fill(archive, context, ignored, travels ? { name: dockerfile, text } : undefined).catch((error) => archive.destroy(new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_6__/* .DeployError */ .sH('build-failed', `the context cannot be read: ${words(error)}`, { cause: error })));
    return { body: node_stream__WEBPACK_IMPORTED_MODULE_4__.Readable.from(archive, { objectMode: false }), dockerfile };
}
async function fill(archive, root, rules, extra) {
    if (extra)
        await addBytes(archive, { name: extra.name, mode: 0o644, mtime: new Date(0) }, extra.text);
    for await (const { path, name, stats } of walk(root, rules)) {
        const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
        if (stats.isDirectory())
            await addEmpty(archive, { ...header, type: 'directory' });
        else if (stats.isSymbolicLink()) {
            await addEmpty(archive, { ...header, type: 'symlink', linkname: await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.readlink)(path) });
        }
        else if (stats.size <= STREAMED)
            await addBytes(archive, header, await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.readFile)(path));
        else
            await addFile(archive, { ...header, size: stats.size }, path);
    }
    archive.finalize();
}
/** Everything that is not ignored, parents first. An ignored folder appears when something in it does not stay out. */
async function* walk(root, rules, folder = '', parents = []) {
    const names = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.readdir)((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(root, folder));
    for (const entry of names.sort()) {
        const name = folder === '' ? entry : `${folder}/${entry}`;
        const path = (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(root, name);
        const stats = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.lstat)(path);
        const kept = !rules.ignores(name);
        const found = { path, name, stats };
        if (kept && (stats.isFile() || stats.isDirectory() || stats.isSymbolicLink())) {
            yield* parents.splice(0);
            yield found;
        }
        if (!stats.isDirectory() || (!kept && !rules.exceptions))
            continue;
        const pending = kept ? [] : [...parents, found];
        for await (const below of walk(root, rules, name, pending)) {
            parents.length = 0;
            yield below;
        }
    }
}
/** `Dockerfile.dockerignore` beside the Dockerfile wins over the context's `.dockerignore`. */
async function ignoreRules(context, dockerfile) {
    const text = (await textOf(`${dockerfile}.dockerignore`)) ??
        (await textOf((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(context, '.dockerignore')))?.replace(/^\ufeff/, '');
    if (text === undefined || text.trim() === '')
        return { ignores: () => false, exceptions: false };
    const { default: library } = await __webpack_require__.e(/* import() */ 158).then(__webpack_require__.t.bind(__webpack_require__, 4158, 19));
    const rules = library.default().add(text);
    return { ignores: (name) => rules.ignores(name), exceptions: /^\s*!/m.test(text) };
}
async function textOf(path) {
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.readFile)(path, 'utf8').catch(() => undefined);
}
function addEmpty(archive, header) {
    return new Promise((resolve, reject) => {
        archive.entry(header, (error) => (error ? reject(error) : resolve()));
    });
}
/** The callback comes when the bytes are taken, so a slow engine slows the reading down. */
function addBytes(archive, header, bytes) {
    return new Promise((resolve, reject) => {
        archive.entry({ ...header, size: bytes.length }, (error) => (error ? reject(error) : resolve())).end(bytes);
    });
}
async function addFile(archive, header, path) {
    const packed = new Promise((resolve, reject) => {
        const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
        (0,node_stream_promises__WEBPACK_IMPORTED_MODULE_5__.pipeline)((0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createReadStream)(path, { end: (header.size ?? 1) - 1 }), entry).catch(reject);
    });
    await packed;
}
function posix(path) {
    return path.split(node_path__WEBPACK_IMPORTED_MODULE_3__.sep).join('/');
}
function words(error) {
    return error instanceof Error ? error.message : String(error);
}


/***/ }),

/***/ 6308:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   L: () => (/* binding */ readCredentials)
/* harmony export */ });
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7934);

const Credentials = valibot__WEBPACK_IMPORTED_MODULE_0__/* .object */ .Ikc({
    username: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), ''),
    password: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), ''),
    identitytoken: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), ''),
});
/** What is inside a value of X-Registry-Auth; all empty when there is nothing. */
function readCredentials(header) {
    try {
        return valibot__WEBPACK_IMPORTED_MODULE_0__/* .parse */ .qgA(Credentials, JSON.parse(Buffer.from(header ?? '', 'base64url').toString('utf8')));
    }
    catch {
        return { username: '', password: '', identitytoken: '' };
    }
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

/***/ 9223:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ BuildProgress)
/* harmony export */ });
/* harmony import */ var _domain_duration_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4953);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2364);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(959);



const KEPT_LINES = 30;
/** Turns BuildKit's reports into lines to show, and remembers what is needed to explain a failure. */
class BuildProgress {
    #reporter;
    #steps = new Map();
    /** Last lines that belong to no step. */
    #loose = [];
    constructor(reporter) {
        this.#reporter = reporter;
    }
    update({ vertexes, logs, warnings }) {
        const lines = [
            ...vertexes.flatMap((vertex) => this.#vertexLines(vertex)),
            ...logs.flatMap((log) => this.#logLines(log)),
            ...warnings.map((warning) => `warning: ${(0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .TN)(warning)}`),
        ];
        this.#emit(lines);
    }
    /** Text that comes without structure: an older builder's output. */
    text(text) {
        const lines = (0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .printableLines */ .fk)(text);
        keep(this.#loose, lines);
        this.#emit(lines);
    }
    /** The build's end as an error: the failing step and its last lines, else the builder's last words. */
    failure(words) {
        const failed = [...this.#steps.values()].find((step) => step.error !== '' && !/context canceled/i.test(step.error));
        // An older buildx prints the failing step above its log: ` > [2/3] RUN make:`.
        const named = failed?.name ?? this.#loose.map((line) => /^ > (\[.+?):?$/.exec(line)?.[1]).find(Boolean);
        const why = (0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .TN)(failed?.error ?? words).slice(0, 1000) || 'the builder gave no reason';
        const what = `the build failed${named === undefined ? '' : ` at "${named}"`}: ${why}`;
        const fix = named === undefined || named.startsWith('[internal]') ? loginAdvice(why) : undefined;
        return new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('build-failed', what, { evidence: failed?.last ?? this.#loose, fix });
    }
    #vertexLines(vertex) {
        const step = this.#step(vertex);
        const lines = [];
        if (vertex.started !== undefined && !step.started) {
            step.started = true;
            if (!isInternal(step)) {
                lines.push(vertex.cached ? `${step.name} (cached)` : step.name);
                this.#reporter.emit({ type: 'progress', step: 'build', text: step.name });
            }
        }
        if (vertex.error !== '')
            step.error = vertex.error;
        if (vertex.completed === undefined || step.ended)
            return lines;
        step.ended = true;
        if (step.rest !== '') {
            keep(step.last, [(0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .printable */ .g$)(step.rest)]);
            lines.push(`  ${(0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .printable */ .g$)(step.rest)}`);
        }
        const took = vertex.completed - (vertex.started ?? vertex.completed);
        if (vertex.error !== '')
            lines.push(`  failed: ${(0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .TN)(vertex.error)}`);
        else if (took >= 1000 && !isInternal(step))
            lines.push(`  took ${(0,_domain_duration_js__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a)(took)}`);
        return lines;
    }
    #logLines({ vertex, data }) {
        const step = this.#steps.get(vertex);
        if (!step)
            return [];
        const text = step.rest + Buffer.from(data).toString('utf8');
        const end = text.lastIndexOf('\n') + 1;
        step.rest = text.slice(end);
        if (end === 0)
            return [];
        const lines = (0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .printableLines */ .fk)(text.slice(0, end));
        keep(step.last, lines);
        return lines.map((line) => `  ${line}`);
    }
    #step(vertex) {
        const known = this.#steps.get(vertex.digest);
        if (known)
            return known;
        const step = { name: (0,_text_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .TN)(vertex.name), error: '', started: false, ended: false, rest: '', last: [] };
        this.#steps.set(vertex.digest, step);
        return step;
    }
    #emit(lines) {
        if (lines.length > 0)
            this.#reporter.emit({ type: 'output', step: 'build', lines });
    }
}
/** BuildKit's own housekeeping; the second is how the engine unpacks the context. */
function isInternal(step) {
    return step.name.startsWith('[internal]') || step.name === 'copy /context /';
}
function keep(kept, lines) {
    kept.push(...lines);
    kept.splice(0, kept.length - KEPT_LINES);
}
/** A base image that the registry does not give us. */
function loginAdvice(why) {
    if (!/\b40[13]\b|unauthorized|denied|authentication required/i.test(why))
        return undefined;
    return 'Log in to the registry of the base image before this step (docker/login-action).';
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
