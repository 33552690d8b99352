export const id = 463;
export const ids = [463];
export const modules = {

/***/ 6674:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Lx: () => (/* binding */ findBuilder),
/* harmony export */   ah: () => (/* binding */ findBuildx),
/* harmony export */   jN: () => (/* binding */ buildxFolder),
/* harmony export */   yO: () => (/* binding */ clientConfig)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6760);
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(7934);
/* harmony import */ var _process_find_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4284);
/* harmony import */ var _endpoint_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(37);






/** Where Docker's client looks for plugins, after the user's own folder. */
const SYSTEM_FOLDERS = [
    '/usr/local/lib/docker/cli-plugins',
    '/usr/local/libexec/docker/cli-plugins',
    '/usr/lib/docker/cli-plugins',
    '/usr/libexec/docker/cli-plugins',
];
const ClientConfig = valibot__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({
    currentContext: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP()),
    cliPluginsExtraDirs: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP())),
    auths: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_5__/* .unknown */ .L5J())),
    credHelpers: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP())),
    credsStore: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP()),
});
const Current = valibot__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ Key: valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP(), Name: valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP(), Global: valibot__WEBPACK_IMPORTED_MODULE_5__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_5__/* .boolean */ .zMY(), false) });
const Instance = valibot__WEBPACK_IMPORTED_MODULE_5__/* .object */ .Ikc({ Name: valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP(), Driver: valibot__WEBPACK_IMPORTED_MODULE_5__/* .string */ .YjP() });
/** The buildx plugin's program, found by looking; running it directly saves the client's start. */
async function findBuildx(env) {
    const extra = (await clientConfig(env)).cliPluginsExtraDirs ?? [];
    for (const folder of [(0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)((0,_endpoint_js__WEBPACK_IMPORTED_MODULE_4__/* .dockerConfigFolder */ .Pe)(env), 'cli-plugins'), ...extra, ...SYSTEM_FOLDERS]) {
        const path = (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(folder, 'docker-buildx');
        if (await (0,_process_find_js__WEBPACK_IMPORTED_MODULE_3__/* .isExecutable */ .T)(path))
            return path;
    }
    return undefined;
}
/** The builder that buildx would use, read from its own files instead of asking it (100 ms). */
async function findBuilder(wanted, env) {
    const folder = buildxFolder(env);
    const name = wanted ?? (env['BUILDX_BUILDER'] || (await selected(folder, env))) ?? 'default';
    const instance = await readJson(Instance, (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(folder, 'instances', name.toLowerCase()));
    return { name, driver: instance?.Driver ?? 'docker' }; // no instance of that name: a docker context's own engine
}
function buildxFolder(env) {
    return env['BUILDX_CONFIG'] || (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)((0,_endpoint_js__WEBPACK_IMPORTED_MODULE_4__/* .dockerConfigFolder */ .Pe)(env), 'buildx');
}
/** What `docker buildx use` chose for the current endpoint. */
async function selected(folder, env) {
    const key = await endpointKey(env);
    const current = await readJson(Current, (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(folder, 'current'));
    if (current && current.Name !== '' && (current.Global || current.Key === key))
        return current.Name;
    const hash = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(key).digest('hex').slice(0, 20);
    const name = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.readFile)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)(folder, 'defaults', hash), 'utf8').catch(() => '');
    return name.trim() || undefined;
}
async function endpointKey(env) {
    if (env['DOCKER_HOST'])
        return env['DOCKER_HOST'];
    const context = env['DOCKER_CONTEXT'] || (await clientConfig(env)).currentContext;
    return context && context !== 'default' ? context : _endpoint_js__WEBPACK_IMPORTED_MODULE_4__/* .DEFAULT_HOST */ .HX;
}
async function clientConfig(env) {
    return (await readJson(ClientConfig, (0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)((0,_endpoint_js__WEBPACK_IMPORTED_MODULE_4__/* .dockerConfigFolder */ .Pe)(env), 'config.json'))) ?? {};
}
async function readJson(schema, path) {
    try {
        const parsed = valibot__WEBPACK_IMPORTED_MODULE_5__/* .safeParse */ .xLC(schema, JSON.parse(await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.readFile)(path, 'utf8')));
        return parsed.success ? parsed.output : undefined;
    }
    catch {
        return undefined;
    }
}


/***/ }),

/***/ 6463:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   chooseBuilder: () => (/* binding */ chooseBuilder)
/* harmony export */ });
/* harmony import */ var _buildx_find_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6674);

/** buildx where it is installed, else the engine itself. Looks at files, starts no process. */
async function chooseBuilder(env, api, request, options) {
    const { reporter, registry } = options;
    const auth = registry && ((repository) => registry.engineAuth(repository));
    const program = await (0,_buildx_find_js__WEBPACK_IMPORTED_MODULE_0__/* .findBuildx */ .ah)(env);
    if (program === undefined) {
        const [{ createEngineBuilder }, apiVersion] = await Promise.all([Promise.all(/* import() */[__webpack_require__.e(493), __webpack_require__.e(549)]).then(__webpack_require__.bind(__webpack_require__, 6549)), api.version()]);
        return createEngineBuilder(api, { reporter, env, apiVersion, auth });
    }
    const [{ createBuildxBuilder }, builder] = await Promise.all([
        __webpack_require__.e(/* import() */ 655).then(__webpack_require__.bind(__webpack_require__, 1655)),
        (0,_buildx_find_js__WEBPACK_IMPORTED_MODULE_0__/* .findBuilder */ .Lx)(request.builder, env),
    ]);
    return createBuildxBuilder(api, { program, builder, reporter, env, auth, engine: await engineFacts(api, request) });
}
/** One request, only where the answer decides something. */
async function engineFacts(api, request) {
    const { platforms, cacheTo, attests, provenance, sbom } = request;
    if (platforms.length < 2 && cacheTo.length === 0 && attests.length === 0 && !provenance && !sbom)
        return undefined;
    const { engineInfo } = await __webpack_require__.e(/* import() */ 880).then(__webpack_require__.bind(__webpack_require__, 9880));
    return engineInfo(api);
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
