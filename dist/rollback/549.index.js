export const id = 549;
export const ids = [549];
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

/***/ 6549:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  bytesOf: () => (/* binding */ bytesOf),
  createEngineBuilder: () => (/* binding */ createEngineBuilder),
  ulimitOf: () => (/* binding */ ulimitOf)
});

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7934);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/adapters/docker/answers.js
var answers = __webpack_require__(7321);
// EXTERNAL MODULE: ./build/adapters/docker/build-request.js
var build_request = __webpack_require__(314);
// EXTERNAL MODULE: ./build/adapters/docker/context-tar.js
var context_tar = __webpack_require__(1575);
;// CONCATENATED MODULE: ./build/adapters/docker/engine-refusals.js

const ADD_BUILDX = 'this step before: - uses: docker/setup-buildx-action@v3';
/** Options that engines of Docker before 23 ignore. */
const SINCE_23 = '1.42';
/** Everything in a request that the engine's own builder would have to ignore, by the input's name. */
function refusals(request, apiVersion) {
    const mounts = (0,build_request/* mountTypes */.bq)((0,build_request/* dockerfileText */.qE)(request) ?? '');
    const lists = [
        ['secret-envs', request.secretEnvs],
        ['secret-files', request.secretFiles],
        ['ssh', request.ssh],
        ['cache-to', request.cacheTo],
        ['cache-from', request.cacheFrom.filter((entry) => !isRegistryCache(entry))],
        ['build-contexts', request.buildContexts],
        ['no-cache-filters', request.noCacheFilters],
        ['annotations', request.annotations],
        ['attests', request.attests],
        ['allow', request.allow],
        ['platforms', request.platforms.length > 1 ? request.platforms : []],
        ['provenance', wanted(request.provenance)],
        ['sbom', wanted(request.sbom)],
        ['builder', request.builder === undefined ? [] : [request.builder]],
        ...(isOlder(apiVersion, SINCE_23)
            ? [
                ['shm-size', request.shmSize === undefined ? [] : [request.shmSize]],
                ['ulimit', request.ulimit],
            ]
            : []),
    ];
    const faults = lists.flatMap(([name, values]) => (values.length > 0 ? [fault(name, values.join(', '))] : []));
    if (request.secrets.length > 0)
        faults.unshift(fault('secrets'));
    for (const type of ['secret', 'ssh']) {
        if (mounts.has(type))
            faults.push(fault('file', `RUN --mount=type=${type}`));
    }
    return faults;
}
function fault(name, value) {
    const problem = `needs buildx, which this machine does not have; add ${ADD_BUILDX}`;
    return value === undefined ? { name, problem } : { name, value, problem };
}
/** Switched off is what happens anyway. */
function wanted(value) {
    return value === undefined || value === '' || value === 'false' ? [] : [value];
}
function isRegistryCache(entry) {
    return !entry.includes('=') || /(?:^|,)type=registry(?:,|$)/.test(entry);
}
function isOlder(version, than) {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [otherMajor = 0, otherMinor = 0] = than.split('.').map(Number);
    return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

// EXTERNAL MODULE: ./build/adapters/docker/progress.js
var docker_progress = __webpack_require__(9223);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:http2"
var external_node_http2_ = __webpack_require__(2467);
// EXTERNAL MODULE: ./node_modules/pbf/index.js
var pbf = __webpack_require__(493);
// EXTERNAL MODULE: ./build/adapters/docker/credentials.js
var credentials = __webpack_require__(6308);
;// CONCATENATED MODULE: ./build/adapters/docker/session.js





const HEALTH = '/grpc.health.v1.Health/Check';
const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials';
const UNIMPLEMENTED = '12';
const INTERNAL = '13';
/** HealthCheckResponse {status = 1}: SERVING. */
const SERVING = Uint8Array.of(0x08, 0x01);
const HUB = 'registry-1.docker.io';
/**
 * BuildKit asks its client back over a connection that the client opened: gRPC with the roles reversed. Without it no
 * base image could be pulled from a registry that wants a token, not even anonymously. All that is served is who we are.
 */
async function openSession(api, auth, signal) {
    if (!api.upgrade)
        return undefined;
    const id = (0,external_node_crypto_.randomUUID)();
    const headers = {
        upgrade: 'h2c',
        'x-docker-expose-session-uuid': id,
        'x-docker-expose-session-name': 'immutable-deploy',
        'x-docker-expose-session-grpc-method': [HEALTH, CREDENTIALS],
    };
    const socket = await api.upgrade('/session', { signal, headers }).catch(() => undefined);
    (0,deploy_error/* throwIfAborted */.Te)(signal);
    if (!socket)
        return undefined; // what has no sessions has another way, or says so itself when it builds
    const session = external_node_http2_.performServerHandshake(socket);
    session.on('error', () => undefined); // the build's own answer says what went wrong
    session.on('stream', (stream, headers) => {
        stream.on('error', () => undefined);
        void serve(stream, headers[':path'] ?? '', auth);
    });
    return {
        id,
        close: () => {
            session.destroy();
            socket.destroy();
        },
    };
}
async function serve(stream, method, auth) {
    try {
        const request = await message(stream);
        if (method === HEALTH)
            reply(stream, SERVING);
        else if (method === CREDENTIALS)
            reply(stream, await credentialsFor(hostOf(request), auth));
        else
            refuse(stream, UNIMPLEMENTED);
    }
    catch {
        refuse(stream, INTERNAL);
    }
}
/** CredentialsRequest {host = 1}. */
function hostOf(request) {
    return new pbf/* PbfReader */.y(request).readFields((tag, result, reader) => {
        if (tag === 1)
            result.host = reader.readString();
    }, { host: '' }).host;
}
/** CredentialsResponse {username = 1, secret = 2}; empty means anonymous. */
async function credentialsFor(host, auth) {
    const registry = host === 'docker.io' || host === 'index.docker.io' ? HUB : host;
    const repository = { registry, path: '', name: host };
    const { username, password, identitytoken } = (0,credentials/* readCredentials */.L)(await auth?.(repository));
    const writer = new pbf/* PbfWriter */.K();
    if (identitytoken)
        writer.writeStringField(2, identitytoken);
    else if (password) {
        writer.writeStringField(1, username);
        writer.writeStringField(2, password);
    }
    return writer.finish();
}
/** The one message of a unary call: a flag byte, four of length, the bytes. */
async function message(stream) {
    const chunks = [];
    for await (const chunk of stream)
        chunks.push(chunk);
    return Buffer.concat(chunks).subarray(5);
}
const HEAD = { ':status': 200, 'content-type': 'application/grpc' };
function reply(stream, bytes) {
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(bytes.length, 1);
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.concat([prefix, bytes]));
}
function refuse(stream, status) {
    if (!stream.headersSent && !stream.destroyed)
        stream.respond({ ...HEAD, 'grpc-status': status }, { endStream: true });
}

// EXTERNAL MODULE: ./build/adapters/docker/stream.js
var stream = __webpack_require__(7300);
;// CONCATENATED MODULE: ./build/adapters/docker/trace.js

/**
 * BuildKit's StatusResponse as protobuf, as far as we show it:
 * `vertexes = 1 {digest = 1, name = 3, cached = 4, started = 5, completed = 6, error = 7}`,
 * `logs = 3 {vertex = 1, msg = 4}`, `warnings = 4 {short = 3}`.
 */
function decodeTrace(bytes) {
    const vertexes = [];
    const logs = [];
    const warnings = [];
    new pbf/* PbfReader */.y(bytes).readFields((tag, _result, reader) => {
        if (tag === 1)
            vertexes.push(readVertex(reader));
        else if (tag === 3)
            logs.push(readLog(reader));
        else if (tag === 4)
            warnings.push(readWarning(reader));
    }, undefined);
    return { vertexes, logs, warnings };
}
function readVertex(reader) {
    const vertex = { digest: '', name: '', cached: false, error: '' };
    return reader.readMessage((tag, result, inner) => {
        if (tag === 1)
            result.digest = inner.readString();
        else if (tag === 3)
            result.name = inner.readString();
        else if (tag === 4)
            result.cached = inner.readBoolean();
        else if (tag === 5)
            result.started = readTime(inner);
        else if (tag === 6)
            result.completed = readTime(inner);
        else if (tag === 7)
            result.error = inner.readString();
    }, vertex);
}
function readLog(reader) {
    const log = { vertex: '', data: new Uint8Array() };
    return reader.readMessage((tag, result, inner) => {
        if (tag === 1)
            result.vertex = inner.readString();
        else if (tag === 4)
            result.data = inner.readBytes();
    }, log);
}
function readWarning(reader) {
    const warning = { text: '' };
    reader.readMessage((tag, result, inner) => {
        if (tag === 3)
            result.text = Buffer.from(inner.readBytes()).toString('utf8');
    }, warning);
    return warning.text;
}
/** google.protobuf.Timestamp → ms since 1970. */
function readTime(reader) {
    const time = { seconds: 0, nanos: 0 };
    reader.readMessage((tag, result, inner) => {
        if (tag === 1)
            result.seconds = inner.readVarint(true);
        else if (tag === 2)
            result.nanos = inner.readVarint(true);
    }, time);
    return time.seconds * 1000 + time.nanos / 1e6;
}

;// CONCATENATED MODULE: ./build/adapters/docker/engine-builder.js










const BuiltImage = dist/* object */.Ikc({ ID: dist/* string */.YjP() });
/** Builds by the engine's own BuildKit: one request, the context as its body, no helper process. */
function createEngineBuilder(api, options) {
    return {
        name: 'engine',
        refuse: (request) => refusals(request, options.apiVersion),
        build: (request, { signal }) => build(api, options, request, signal),
    };
}
async function build(api, options, request, signal) {
    const faults = refusals(request, options.apiVersion);
    if (faults.length > 0)
        throw notSupported(faults);
    const progress = new docker_progress/* BuildProgress */.e(options.reporter);
    const session = await openSession(api, options.auth, signal);
    try {
        const { query, ...rest } = await requestOf(request, options.env, signal);
        const { status, body } = await api.stream('POST', '/build', { ...rest, query: { ...query, session: session?.id } });
        if (status !== 200)
            throw explain(progress, await (0,stream/* messageIn */.v6)(body));
        return { where: 'engine', imageId: await follow(body, progress) };
    }
    finally {
        session?.close();
    }
}
/** The built image's id. */
async function follow(body, progress) {
    let imageId;
    for await (const line of (0,stream/* jsonLines */.i7)(body)) {
        const parsed = dist/* safeParse */.xLC(answers/* Progress */.ke, line);
        if (!parsed.success)
            continue;
        const { id, aux, stream, error, errorDetail } = parsed.output;
        if (error !== undefined || errorDetail)
            throw explain(progress, errorDetail?.message ?? error ?? '');
        if (stream !== undefined)
            progress.text(stream);
        if (id === 'moby.buildkit.trace' && typeof aux === 'string')
            progress.update(decodeTrace(Buffer.from(aux, 'base64')));
        const image = dist/* safeParse */.xLC(BuiltImage, aux);
        if (image.success)
            imageId = image.output.ID;
    }
    if (imageId === undefined)
        throw progress.failure('the engine ended the build without an image');
    return imageId;
}
async function requestOf(request, env, signal) {
    const args = (0,build_request/* buildArgsOf */.tt)(request).map((arg) => (0,build_request/* buildArg */.HJ)(arg, env));
    const query = {
        version: 2,
        buildargs: Object.fromEntries(args.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
        labels: request.labels,
        target: request.stage,
        platform: request.platforms[0],
        nocache: request.noCache || undefined,
        pull: request.pull || undefined,
        networkmode: request.network,
        extrahosts: request.addHosts.map((host) => host.replace('=', ':')),
        shmsize: request.shmSize === undefined ? undefined : bytesOf(request.shmSize),
        ulimits: request.ulimit.length === 0 ? undefined : JSON.stringify(request.ulimit.map(ulimitOf)),
        cachefrom: request.cacheFrom.length === 0 ? undefined : JSON.stringify(request.cacheFrom.map(cacheRef)),
    };
    if ((0,build_request/* isRemoteContext */.uN)(request.context)) {
        return { query: { ...query, remote: request.context, dockerfile: request.file }, signal };
    }
    const { body, dockerfile } = await (0,context_tar/* packContext */.J)(request.context, request.file);
    return { query: { ...query, dockerfile }, body, signal };
}
function explain(progress, words) {
    if (/buildkit/i.test(words) && /not supported|disabled|not enabled|unsupported/i.test(words)) {
        const what = `the engine has no BuildKit (${words})`;
        return new deploy_error/* DeployError */.sH('build-not-supported', what, { fix: `Use Docker 20.10 or newer, or add ${ADD_BUILDX}` });
    }
    return progress.failure(words);
}
function notSupported(faults) {
    const names = faults.map(({ name }) => name).join(', ');
    const what = `without buildx, the engine's own builder cannot honour: ${names}`;
    return new deploy_error/* DeployError */.sH('build-not-supported', what, { faults });
}
/** `64m` → bytes, binary units as Docker has them. */
function bytesOf(text) {
    const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
    return Math.floor(Number(amount || NaN) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase().replace('b', '') || ' '));
}
/** `nofile=1024:2048` → what the API takes. */
function ulimitOf(text) {
    const [, name = '', soft = '', hard = soft] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
    return { Name: name, Soft: Number(soft), Hard: Number(hard) };
}
/** A registry reference of a `cache-from` entry. */
function cacheRef(text) {
    return /(?:^|,)ref=([^,]+)/.exec(text)?.[1] ?? text;
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
