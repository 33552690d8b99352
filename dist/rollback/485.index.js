export const id = 485;
export const ids = [485];
export const modules = {

/***/ 2387:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   J5: () => (/* binding */ refused),
/* harmony export */   Lo: () => (/* binding */ createDistribution),
/* harmony export */   V: () => (/* binding */ INDEX_TYPES),
/* harmony export */   W0: () => (/* binding */ isAbsent)
/* harmony export */ });
/* harmony import */ var _domain_digest_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3213);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2364);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8891);
/* harmony import */ var _schemas_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3817);




const INDEX_TYPES = new Set([
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
]);
/** Without it distribution answers 404 for an OCI manifest that exists. */
const ACCEPT = [
    ...INDEX_TYPES,
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const ABSENT = new Set([
    'MANIFEST_UNKNOWN',
    'NAME_UNKNOWN',
    'BLOB_UNKNOWN',
    'TAG_UNKNOWN',
    // Harbor's word for all of them.
    'NOT_FOUND',
]);
function createDistribution(session) {
    async function ask(method, place, kind, reference) {
        const path = `/v2/${place.repository.path}/${kind}/${reference}`;
        const headers = kind === 'manifests' ? { accept: ACCEPT } : {};
        return session.call({ ...place, method, path, headers });
    }
    async function head(place, reference) {
        const reply = await ask('HEAD', place, 'manifests', reference);
        if (isRegistrysOwn(reply) && isAbsent(reply, place, reference))
            return undefined;
        // A bare 404 may come from anything on the way, and some registries leave the digest out: the body says more.
        const digest = reply.headers['docker-content-digest'];
        const mediaType = mediaTypeOf(reply);
        if (reply.status !== 200 && reply.status !== 404)
            throw refused(reply, place, reference);
        if (reply.status === 404 || typeof digest !== 'string' || !(0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(digest) || mediaType === '') {
            return (await manifest(place, reference))?.descriptor;
        }
        if ((0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(reference) && digest !== reference)
            throw mismatch(place, reference, digest);
        return { digest, mediaType, size: Number(reply.headers['content-length'] ?? 0) };
    }
    async function manifest(place, reference) {
        const reply = await ask('GET', place, 'manifests', reference);
        if (isAbsent(reply, place, reference))
            return undefined;
        if (reply.status !== 200)
            throw refused(reply, place, reference);
        const digest = (0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .digestOf */ .ol)(reply.body);
        const claimed = (0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(reference) ? reference : reply.headers['docker-content-digest'];
        if (typeof claimed === 'string' && (0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(claimed) && claimed !== digest)
            throw mismatch(place, claimed, digest);
        const content = (0,_schemas_js__WEBPACK_IMPORTED_MODULE_3__/* .parseJson */ .qF)(_schemas_js__WEBPACK_IMPORTED_MODULE_3__/* .Manifest */ ._8, reply.body);
        if (!content) {
            throw new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('registry-error', `${place.repository.name} ${reference}: what the registry sent is no manifest`);
        }
        const mediaType = content.mediaType ?? mediaTypeOf(reply);
        return { descriptor: { digest, mediaType, size: reply.body.length }, bytes: reply.body, content };
    }
    async function blob(place, digest) {
        const reply = await ask('GET', place, 'blobs', digest);
        if (isAbsent(reply, place, digest))
            return undefined;
        if (reply.status !== 200)
            throw refused(reply, place, digest);
        const actual = (0,_domain_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .digestOf */ .ol)(reply.body);
        if (actual !== digest)
            throw mismatch(place, digest, actual);
        return reply.body;
    }
    return {
        head,
        manifest,
        blob,
        put: (place, tag, { bytes, descriptor }) => session.call({
            ...place,
            method: 'PUT',
            path: `/v2/${place.repository.path}/manifests/${tag}`,
            headers: { 'content-type': descriptor.mediaType },
            body: bytes,
        }),
    };
}
function mediaTypeOf(reply) {
    return (reply.headers['content-type'] ?? '').replace(/;.*$/s, '').trim();
}
/** Whether an answer without a body was given by a registry rather than by something in front of it. */
function isRegistrysOwn(reply) {
    return reply.headers['docker-distribution-api-version'] !== undefined || /\bjson\b/.test(mediaTypeOf(reply));
}
/**
 * Whether the reply is a 404 that can be believed: to whom may not look, some registries say "not found" of what exists.
 * @throws DeployError for a 404 that proves nothing
 */
function isAbsent(reply, place, what) {
    if (reply.status !== 404)
        return false;
    if (reply.mayPull === false)
        throw (0,_errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .fail */ .fJ)((0,_failure_js__WEBPACK_IMPORTED_MODULE_2__/* .denied */ .wk)(reply.asker, `a look at ${place.repository.path} ${what}`, reply));
    const codes = (0,_failure_js__WEBPACK_IMPORTED_MODULE_2__/* .errorCodes */ .fv)(reply);
    if (codes.some((code) => ABSENT.has(code)) || (codes.length === 0 && reply.asked.startsWith('HEAD ')))
        return true;
    throw refused(reply, place, what);
}
function refused(reply, { repository }, what) {
    return (0,_errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .fail */ .fJ)((0,_failure_js__WEBPACK_IMPORTED_MODULE_2__/* .refusal */ .x5)(reply.asker, `a look at ${repository.path} ${what}`, reply));
}
function mismatch({ repository }, wanted, got) {
    return new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('digest-mismatch', `asked ${repository.name} for ${wanted}, got ${got}`);
}


/***/ }),

/***/ 4020:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   OM: () => (/* binding */ secretOf),
/* harmony export */   TO: () => (/* binding */ readDockerConfig),
/* harmony export */   kC: () => (/* binding */ storedSecret),
/* harmony export */   yW: () => (/* binding */ helperFor)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var _hosts_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5434);
/* harmony import */ var _schemas_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3817);



/** Docker's own mark for "the secret is an identity token". */
const TOKEN_USER = '<token>';
function secretOf(username, secret) {
    return username === TOKEN_USER
        ? { kind: 'identity', username: TOKEN_USER, token: secret }
        : { kind: 'password', username, password: secret };
}
/** The file's content; undefined when it does not exist. `onBroken`: it exists and cannot be used. */
async function readDockerConfig(path, onBroken) {
    let text;
    try {
        text = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readFile)(path, 'utf8');
    }
    catch (error) {
        if (!isAbsent(error))
            onBroken(`${path} cannot be read; its credentials are not used`);
        return undefined;
    }
    const config = (0,_schemas_js__WEBPACK_IMPORTED_MODULE_2__/* .parseJson */ .qF)(_schemas_js__WEBPACK_IMPORTED_MODULE_2__/* .DockerConfig */ .Vv, text);
    if (!config)
        onBroken(`${path} is no valid Docker configuration; its credentials are not used`);
    return config;
}
function isAbsent(error) {
    return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
/** Which helper keeps this registry's credentials, and under what name; undefined: none, look in `auths`. */
function helperFor(config, host) {
    const own = Object.entries(config.credHelpers ?? {}).find(([key]) => (0,_hosts_js__WEBPACK_IMPORTED_MODULE_1__/* .keyMatchesHost */ .Pi)(key, host));
    const found = own ? [{ helper: own[1], server: own[0] }] : [];
    if (config.credsStore)
        found.push({ helper: config.credsStore, server: (0,_hosts_js__WEBPACK_IMPORTED_MODULE_1__/* .credentialServer */ .HS)(host) });
    return found;
}
/**
 * The entry of `auths` for a repository. Podman keys may name a repository or a part of its path (`quay.io/acme`):
 * the longest match wins. Docker's keys name hosts, some with a scheme and a version path.
 */
function storedSecret(config, host, path) {
    const entries = Object.entries(config.auths ?? {});
    const specific = entries
        .filter(([key]) => key.startsWith(`${host}/`) && `${host}/${path}/`.startsWith(`${key}/`))
        .sort(([a], [b]) => b.length - a.length);
    const general = entries.filter(([key]) => !hasPath(key) && (0,_hosts_js__WEBPACK_IMPORTED_MODULE_1__/* .keyMatchesHost */ .Pi)(key, host));
    for (const [, entry] of [...specific, ...general]) {
        const secret = entry ? secretOfEntry(entry) : undefined;
        if (secret)
            return secret;
    }
    return undefined;
}
/** Whether a key names more than a host; `https://host/v1/` is Docker's old way to write a host. */
function hasPath(key) {
    return !/^https?:\/\//i.test(key) && /\/(?!(?:v[12]\/?)?$)/.test(key);
}
function secretOfEntry(entry) {
    if (entry.registrytoken)
        return { kind: 'access', token: entry.registrytoken };
    const [username, password] = entry.auth ? decodePair(entry.auth) : [entry.username ?? '', entry.password ?? ''];
    if (entry.identitytoken)
        return { kind: 'identity', username: username || TOKEN_USER, token: entry.identitytoken };
    return username !== '' && password !== '' ? secretOf(username, password) : undefined;
}
function decodePair(base64) {
    const text = Buffer.from(base64, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = text.indexOf(':');
    return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)];
}


/***/ }),

/***/ 8891:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   HB: () => (/* binding */ unreachable),
/* harmony export */   TN: () => (/* binding */ oneLine),
/* harmony export */   ag: () => (/* binding */ said),
/* harmony export */   fv: () => (/* binding */ errorCodes),
/* harmony export */   kI: () => (/* binding */ WITHOUT_CREDENTIALS),
/* harmony export */   wk: () => (/* binding */ denied),
/* harmony export */   x5: () => (/* binding */ refusal)
/* harmony export */ });
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7975);
/* harmony import */ var _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2364);
/* harmony import */ var _fault_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7029);
/* harmony import */ var _schemas_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3817);




/** Codes of the distribution specification in an error answer: `MANIFEST_UNKNOWN`, `DENIED`, … */
function errorCodes(answer) {
    return errorsOf(answer).map((error) => error.code.toUpperCase());
}
function errorsOf(answer) {
    if (answer.body.length === 0)
        return [];
    return (0,_schemas_js__WEBPACK_IMPORTED_MODULE_2__/* .parseJson */ .qF)(_schemas_js__WEBPACK_IMPORTED_MODULE_2__/* .ErrorBody */ .Fw, answer.body)?.errors ?? [];
}
/** What the registry said, in one line without control characters: hostile text. */
function said(answer) {
    const errors = errorsOf(answer).map((error) => [error.code, error.message].filter(Boolean).join(': '));
    const text = errors.length > 0 ? errors.join('; ') : answer.body.toString('utf8', 0, 1000);
    return oneLine(text);
}
function oneLine(text) {
    return (0,node_util__WEBPACK_IMPORTED_MODULE_0__.stripVTControlCharacters)(text)
        .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
        .trim()
        .slice(0, 300);
}
function evidence(answer) {
    const words = said(answer);
    return [`${answer.asked} answered ${String(answer.status)}${words === '' ? '' : ` ${words}`}`];
}
function denied(asker, what, answer) {
    return {
        code: 'registry-denied',
        what: `${asker.host} refuses ${what}, asked ${asker.as}`,
        fix: deniedFix(asker),
        ...(answer ? { evidence: evidence(answer) } : {}),
    };
}
function deniedFix({ host, as }) {
    if (host === 'ghcr.io') {
        return 'Give the job `permissions:` with `packages: write`, and let the package be linked to this repository (package settings, Manage Actions access).';
    }
    return as === WITHOUT_CREDENTIALS
        ? `Log in to ${host} before this step, for example with docker/login-action.`
        : `Check that this account may push to and pull from the repository on ${host}.`;
}
const WITHOUT_CREDENTIALS = 'without credentials';
/** Any answer that is neither success nor a plain "no such thing". */
function refusal(asker, what, answer) {
    if (answer.status === 401 || answer.status === 403)
        return denied(asker, what, answer);
    return {
        code: 'registry-error',
        what: `${asker.host} answered ${String(answer.status)} to ${what}`,
        evidence: evidence(answer),
    };
}
/** A fault of the wire as a DeployError; what is one already, or is no fault of the wire, stays as it is. */
function unreachable(host, thrown) {
    const code = (0,_fault_js__WEBPACK_IMPORTED_MODULE_3__/* .faultCode */ .I)(thrown);
    if (thrown instanceof _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH || code === '')
        return thrown;
    const message = thrown instanceof Error ? oneLine(thrown.message) : '';
    const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code);
    return new _errors_deploy_error_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH('registry-unreachable', `${host} cannot be reached (${code})`, {
        cause: thrown,
        evidence: message === '' ? [] : [message],
        fix: untrusted
            ? `Put the registry's CA certificate in /etc/docker/certs.d/${host}/ca.crt, or name it in NODE_EXTRA_CA_CERTS.`
            : undefined,
    });
}


/***/ }),

/***/ 7029:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ fault),
/* harmony export */   I: () => (/* binding */ faultCode)
/* harmony export */ });
/** A fault of the wire with a code like those of Node's own. */
function fault(code, message) {
    return Object.assign(new Error(message), { code });
}
/** The code of a fault of the wire, `ECONNRESET`; empty when it has none. */
function faultCode(thrown) {
    const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
    return typeof code === 'string' ? code : '';
}


/***/ }),

/***/ 5434:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   C0: () => (/* binding */ isPrivateAddress),
/* harmony export */   HS: () => (/* binding */ credentialServer),
/* harmony export */   OI: () => (/* binding */ hostname),
/* harmony export */   Pi: () => (/* binding */ keyMatchesHost),
/* harmony export */   U9: () => (/* binding */ isLoopback),
/* harmony export */   gr: () => (/* binding */ isDockerHub)
/* harmony export */ });
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7030);

/** Registries that may be asked in plain HTTP: this machine. `host` is a registry's host with or without port. */
function isLoopback(host) {
    const name = hostname(host);
    return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
}
/** Host name or address without port and brackets. */
function hostname(host) {
    const bracketed = /^\[([^\]]+)\]/.exec(host);
    return (bracketed?.[1] ?? host.replace(/:\d+$/, '')).toLowerCase();
}
/** Whether the host is an address that only means something on this machine or network. */
function isPrivateAddress(host) {
    const name = hostname(host);
    if (isLoopback(name))
        return true;
    const family = (0,node_net__WEBPACK_IMPORTED_MODULE_0__.isIP)(name);
    return family !== 0 && PRIVATE.check(name, family === 6 ? 'ipv6' : 'ipv4');
}
const PRIVATE = new node_net__WEBPACK_IMPORTED_MODULE_0__.BlockList();
for (const [network, prefix] of [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
]) {
    PRIVATE.addSubnet(network, prefix, 'ipv4');
}
// BlockList compares IPv4-mapped IPv6 addresses with the IPv4 rules by itself.
for (const [network, prefix] of [
    ['::', 127],
    ['fc00::', 7],
    ['fe80::', 10],
]) {
    PRIVATE.addSubnet(network, prefix, 'ipv6');
}
const HUB = 'registry-1.docker.io';
const HUB_ALIASES = new Set([HUB, 'docker.io', 'index.docker.io']);
function isDockerHub(host) {
    return HUB_ALIASES.has(host);
}
/** The name under which credential stores keep a registry's entry. */
function credentialServer(host) {
    return isDockerHub(host) ? 'https://index.docker.io/v1/' : host;
}
/** Whether a key of a config file (`https://ghcr.io/v2/`, `ghcr.io`) means this registry: whole host, never a part of it. */
function keyMatchesHost(key, host) {
    const named = key
        .replace(/^https?:\/\//i, '')
        .replace(/\/.*$/s, '')
        .toLowerCase();
    return named === host || (isDockerHub(named) && isDockerHub(host));
}


/***/ }),

/***/ 3485:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createRegistry: () => (/* binding */ createRegistry)
});

// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/adapters/registry/docker-config.js
var docker_config = __webpack_require__(4020);
// EXTERNAL MODULE: ./build/adapters/registry/hosts.js
var hosts = __webpack_require__(5434);
// EXTERNAL MODULE: ./build/adapters/registry/schemas.js
var schemas = __webpack_require__(3817);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
;// CONCATENATED MODULE: ./build/adapters/registry/scoped.js


/** All scoped logins below `<buildx>/config`; none when there is no such folder. */
async function scopedLogins(buildx) {
    const base = (0,external_node_path_.join)(buildx, 'config');
    let files;
    try {
        files = await (0,promises_.readdir)(base, { recursive: true });
    }
    catch {
        return [];
    }
    return files.filter((file) => file.endsWith(`${external_node_path_.sep}config.json`)).map((file) => parseScopedLogin(base, file));
}
function parseScopedLogin(base, file) {
    const key = file.split(external_node_path_.sep).slice(0, -1).join('/');
    const [place = '', actions = ''] = key.split('@');
    const slash = place.indexOf('/');
    return {
        file: (0,external_node_path_.join)(base, file),
        host: slash < 0 ? place : place.slice(0, slash),
        ...(slash < 0 ? {} : { path: place.slice(slash + 1) }),
        actions: actions.split(',').filter(Boolean),
    };
}
/** The logins that Buildx would take for these actions, the most specific first. */
function matchingLogins(logins, host, path, actions) {
    const wanted = actions.split(',');
    return logins
        .filter((login) => login.host === host && (login.path === undefined || login.path === path))
        .filter((login) => actions === 'any' || login.actions.every((action) => wanted.includes(action)))
        .sort((a, b) => Number(b.path !== undefined) - Number(a.path !== undefined) || b.actions.length - a.actions.length);
}

;// CONCATENATED MODULE: ./build/adapters/registry/credentials.js






// Helpers hand out short-lived secrets (some 5 minutes): asked again before a promotion that follows a long smoke test.
const KEPT = 120_000;
/** The whole lookup chain: Buildx scopes, Docker's configuration, Podman's, the GitHub token. */
function createCredentialChain(options) {
    const kept = new Map();
    const warned = new Set();
    const warnOnce = (text) => {
        if (warned.has(text))
            return;
        warned.add(text);
        options.onWarning(text);
    };
    return {
        find(repository, actions) {
            const key = `${actions} ${repository.registry}/${repository.path}`;
            const known = kept.get(key);
            if (known && options.clock.now() - known.at < KEPT)
                return known.found;
            const found = search(repository, actions, { ...options, onWarning: warnOnce }).then((credentials) => {
                if (credentials)
                    tell(credentials, options.onSecret);
                return credentials;
            });
            kept.set(key, { at: options.clock.now(), found });
            return found;
        },
    };
}
function tell(credentials, onSecret) {
    const secret = credentials.kind === 'password' ? credentials.password : credentials.token;
    onSecret(secret);
    // The encoded pair is what a careless log would show.
    if (credentials.kind === 'password')
        onSecret(basicPair(credentials.username, secret));
}
function basicPair(username, password) {
    return Buffer.from(`${username}:${password}`).toString('base64');
}
async function search(repository, actions, options) {
    const { env, onWarning } = options;
    const read = (file) => (0,docker_config/* readDockerConfig */.TO)(file, onWarning);
    const [scoped, ...configs] = await Promise.all([
        scopedLogins(buildxFolder(env)),
        ...configFiles(env).map(async (file) => ({ file, config: await read(file) })),
    ]);
    const { registry, path } = repository;
    for (const { file } of matchingLogins(scoped, registry, path, actions)) {
        const found = await searchConfig(await read(file), file, repository, options);
        if (found)
            return found;
    }
    const inline = env['DOCKER_AUTH_CONFIG'];
    if (inline)
        configs.unshift({ file: 'DOCKER_AUTH_CONFIG', config: (0,schemas/* parseJson */.qF)(schemas/* DockerConfig */.Vv, inline) });
    for (const { file, config } of configs) {
        const found = await searchConfig(config, file, repository, options);
        if (found)
            return found;
    }
    // A login scoped to other actions is still better than none: a push login mostly may pull.
    for (const { file } of matchingLogins(scoped, registry, path, 'any')) {
        const found = await searchConfig(await read(file), file, repository, options);
        if (found)
            return found;
    }
    return githubCredentials(registry, options);
}
async function searchConfig(config, source, { registry, path }, { env, signal, onWarning }) {
    if (!config)
        return undefined;
    for (const { helper, server } of (0,docker_config/* helperFor */.yW)(config, registry)) {
        try {
            const { askHelper } = await __webpack_require__.e(/* import() */ 605).then(__webpack_require__.bind(__webpack_require__, 8605));
            const secret = await askHelper(helper, server, env, signal);
            if (secret)
                return { ...secret, source: `docker-credential-${helper}` };
        }
        catch (error) {
            onWarning(`no credentials for ${registry} from ${source}: ${error instanceof Error ? error.message : String(error)}`);
        }
    }
    const secret = (0,docker_config/* storedSecret */.kC)(config, registry, path);
    return secret && { ...secret, source };
}
function githubCredentials(host, { githubToken, actor }) {
    if (host !== 'ghcr.io' || !githubToken)
        return undefined;
    return { kind: 'password', username: actor || 'x-access-token', password: githubToken, source: 'github-token' };
}
function dockerFolder(env) {
    return env['DOCKER_CONFIG'] || (0,external_node_path_.join)(home(env), '.docker');
}
function buildxFolder(env) {
    return env['BUILDX_CONFIG'] || (0,external_node_path_.join)(dockerFolder(env), 'buildx');
}
function configFiles(env) {
    const files = [(0,external_node_path_.join)(dockerFolder(env), 'config.json')];
    if (env['REGISTRY_AUTH_FILE'])
        files.push(env['REGISTRY_AUTH_FILE']);
    if (env['XDG_RUNTIME_DIR'])
        files.push((0,external_node_path_.join)(env['XDG_RUNTIME_DIR'], 'containers', 'auth.json'));
    files.push((0,external_node_path_.join)(env['XDG_CONFIG_HOME'] || (0,external_node_path_.join)(home(env), '.config'), 'containers', 'auth.json'));
    return files;
}
function home(env) {
    return env['HOME'] || env['USERPROFILE'] || (0,external_node_os_.homedir)();
}
/** Value of X-Registry-Auth: base64url JSON, with padding because engines decode it strictly. */
function engineAuthOf(credentials, repository) {
    const server = (0,hosts/* isDockerHub */.gr)(repository.registry) ? 'https://index.docker.io/v1/' : repository.registry;
    const json = JSON.stringify(credentials ? { ...engineFields(credentials), serveraddress: server } : {});
    return Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
function engineFields(credentials) {
    switch (credentials.kind) {
        case 'password':
            return { username: credentials.username, password: credentials.password };
        case 'identity':
            return { username: credentials.username, identitytoken: credentials.token };
        case 'access':
            return { registrytoken: credentials.token };
    }
}

// EXTERNAL MODULE: ./build/adapters/registry/distribution.js
var distribution = __webpack_require__(2387);
// EXTERNAL MODULE: ./build/adapters/registry/failure.js
var failure = __webpack_require__(8891);
;// CONCATENATED MODULE: ./build/adapters/registry/promote.js


/** Some registries answer reads from copies that learn of a write a little later. */
const LAG = [100, 300, 1000, 3000];
/**
 * Reads, compares, writes the same bytes under the tag, reads again: no registry has compare-and-swap.
 * The manifest and the tag are asked for at once.
 * @throws DeployError as Registry.promote says
 */
async function promote(order, tools) {
    const { digest, tag, expect } = order;
    const wanted = tools.manifest(order);
    // Looked at below, unless the tag makes it needless.
    wanted.catch(() => undefined);
    const before = await headTag(order, tools);
    if (before?.digest === digest)
        return { tag, digest, previous: digest, changed: false };
    if (before && expect === 'never-moves')
        throw conflict(order, before.digest);
    const manifest = await wanted;
    if (!manifest)
        throw (0,deploy_error/* fail */.fJ)(missing(order));
    await checkChildren(order, tools, manifest);
    const changed = await write(order, tools, manifest, before);
    await verify(order, tools, before);
    return { tag, digest, ...(before ? { previous: before.digest } : {}), changed };
}
function headTag(order, { api }) {
    return api.head({ repository: order.repository, actions: 'pull,push' }, order.tag);
}
async function checkChildren(order, tools, manifest) {
    const { repository, digest } = order;
    const place = { repository, actions: 'pull,push' };
    const checks = tools.unseenChildren(order, manifest).map(async (child) => {
        if (await tools.api.head(place, child))
            return;
        throw new deploy_error/* DeployError */.sH('image-incomplete', `${repository.name}@${digest} names ${child}, which is absent`);
    });
    await Promise.all(checks);
}
/** Whether our write went in. A refusal is no failure when the tag names the digest anyway: another run wrote it. */
async function write(order, tools, manifest, before) {
    const { repository, tag } = order;
    let refused;
    try {
        const reply = await tools.api.put({ repository, actions: 'pull,push' }, tag, manifest);
        if (reply.status >= 200 && reply.status <= 202) {
            checkAcknowledged(order, reply);
            return true;
        }
        refused = (0,deploy_error/* fail */.fJ)(refusedWrite(order, reply, before), { state: stateOf(order, before) });
    }
    catch (error) {
        (0,deploy_error/* throwIfAborted */.Te)(tools.signal);
        if (!(error instanceof deploy_error/* DeployError */.sH) || error.code === 'digest-mismatch')
            throw error;
        refused = error;
    }
    const now = await headTag(order, tools).catch(() => before);
    if (now?.digest === order.digest)
        return false;
    if (now && order.expect === 'never-moves')
        throw conflict(order, now.digest);
    throw refused;
}
function checkAcknowledged({ repository, tag, digest }, reply) {
    const acknowledged = reply.headers['docker-content-digest'];
    if (typeof acknowledged !== 'string' || acknowledged === digest || !acknowledged.startsWith('sha256:'))
        return;
    throw new deploy_error/* DeployError */.sH('digest-mismatch', `${repository.name}:${tag} was written as ${digest}, stored as ${acknowledged}`, {
        state: `${repository.name}:${tag} may name content that was never tested.`,
    });
}
async function verify(order, tools, before) {
    const { repository, tag, digest } = order;
    let seen;
    for (const wait of [...LAG, undefined]) {
        seen = await headTag(order, tools);
        if (seen?.digest === digest)
            return;
        // Neither the old value nor ours: no lag, somebody wrote between.
        if (seen && seen.digest !== before?.digest)
            break;
        if (wait === undefined)
            break;
        await tools.clock.sleep(wait, tools.signal);
        (0,deploy_error/* throwIfAborted */.Te)(tools.signal);
    }
    if (seen && order.expect === 'never-moves')
        throw conflict(order, seen.digest);
    throw new deploy_error/* DeployError */.sH('digest-mismatch', `${repository.name}:${tag} was written as ${digest}, but the registry says ${seen?.digest ?? 'that it is absent'}`, { fix: 'Another run may have moved it meanwhile; otherwise check the registry and what stands in front of it.' });
}
function missing({ repository, digest }) {
    return { code: 'image-not-found', what: `${repository.name}@${digest} is not in the registry` };
}
function conflict({ repository, tag, digest }, existing) {
    const state = `${repository.name}:${tag} still names ${existing}.`;
    return new deploy_error/* DeployError */.sH('tag-conflict', `${repository.name}:${tag} names ${existing}, not ${digest}`, { state });
}
function stateOf({ repository, tag }, before) {
    const name = `${repository.name}:${tag}`;
    return before ? `${name} still names ${before.digest}.` : `${name} does not exist.`;
}
/** Words by which registries say that a tag is immutable: ECR, Docker Hub, Harbor, Quay, Artifact Registry. */
const IMMUTABLE = /immutab|ImageTagAlreadyExists|already exists|cannot be overwritten|TAG_INVALID/i;
const INCOMPLETE = new Set(['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'MANIFEST_UNKNOWN']);
function refusedWrite({ repository, tag, digest }, reply, before) {
    const plain = (0,failure/* refusal */.x5)(reply.asker, `writing the tag ${repository.path}:${tag}`, reply);
    if ((0,failure/* errorCodes */.fv)(reply).some((code) => INCOMPLETE.has(code))) {
        return {
            ...plain,
            code: 'image-incomplete',
            what: `${repository.name}@${digest}: the registry misses a part of it`,
        };
    }
    const unmovable = reply.status === 409 || reply.status === 412 || IMMUTABLE.test((0,failure/* said */.ag)(reply));
    if (!before || !unmovable)
        return plain;
    return {
        ...plain,
        code: 'registry-denied',
        what: `${reply.asker.host} refuses to move the tag ${repository.path}:${tag}`,
        fix: `Exclude ${tag} from the registry's rule of immutable tags, or set environment-tag: off.`,
    };
}

// EXTERNAL MODULE: ./build/adapters/registry/fault.js
var fault = __webpack_require__(7029);
;// CONCATENATED MODULE: ./build/adapters/registry/scheme.js


/**
 * Lets requests with `detectScheme` go in plain HTTP to hosts that may be plain, unless the server turns out to speak
 * TLS. Costs nothing where plain HTTP works. Such requests must not carry credentials before the first answer.
 */
function withSchemeDetection(wire, mayBePlain) {
    const secure = new Map();
    return async (ask) => {
        const { host } = ask.url;
        if (!ask.detectScheme || !mayBePlain(host))
            return wire(ask);
        const known = secure.get(host);
        if (known !== undefined)
            return wire(known ? ask : inPlain(ask));
        const attempt = await settle(wire(inPlain(ask)));
        if (mightBeTls(attempt) && (await speaksTls(ask.url))) {
            secure.set(host, true);
            return wire(ask);
        }
        if ('fault' in attempt)
            throw attempt.fault;
        secure.set(host, false);
        return attempt.answer;
    };
}
function inPlain(ask) {
    // A port that is https' default would vanish from the address: keep it.
    const port = ask.url.port === '' ? '443' : ask.url.port;
    return { ...ask, url: new URL(`http://${ask.url.hostname}:${port}${ask.url.pathname}${ask.url.search}`) };
}
function settle(exchange) {
    return exchange.then((answer) => ({ answer }), (fault) => ({ fault }));
}
/** TLS servers meet plain HTTP with a bare 400, with bytes that are no HTTP, or by hanging up. */
function mightBeTls(attempt) {
    if ('answer' in attempt) {
        return attempt.answer.status === 400 && attempt.answer.headers['docker-distribution-api-version'] === undefined;
    }
    const code = (0,fault/* faultCode */.I)(attempt.fault);
    return code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('HPE_');
}
/** Whether the server at that address speaks TLS, whatever its certificate is worth. */
async function speaksTls(url) {
    const { connect } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 1692, 19));
    return new Promise((resolve) => {
        const port = Number(url.port === '' ? 443 : url.port);
        const socket = connect({ host: (0,hosts/* hostname */.OI)(url.host), port, rejectUnauthorized: false, timeout: 2000 });
        const end = (answer) => {
            socket.destroy();
            resolve(answer);
        };
        socket.once('secureConnect', () => end(true));
        socket.once('timeout', () => end(false));
        socket.once('error', () => end(false));
    });
}

;// CONCATENATED MODULE: ./build/adapters/registry/challenge.js
// One step of the header: a parameter (quoted or not), else a scheme, else a separator.
const STEP = /\s*(?:([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([!#$%&'*+.^_`|~\w-]+)(?![!#$%&'*+.^_`|~\w-]|\s*=)|,)/gy;
/** All challenges of the header, in order; several headers arrive joined by commas. Text that is no challenge is skipped. */
function parseChallenges(header) {
    const challenges = [];
    STEP.lastIndex = 0;
    for (let step = STEP.exec(header); step; step = STEP.exec(header)) {
        const [, name, quoted, plain, scheme] = step;
        if (scheme !== undefined)
            challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
        const current = challenges.at(-1);
        if (name !== undefined && current) {
            current.parameters[name.toLowerCase()] = quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1');
        }
    }
    return challenges;
}
/** The one to answer: tokens before passwords; undefined when neither is offered. */
function pickChallenge(challenges) {
    return (challenges.find((one) => one.scheme === 'bearer' && one.parameters['realm']) ??
        challenges.find((one) => one.scheme === 'basic'));
}

;// CONCATENATED MODULE: ./build/adapters/registry/retry.js



const TRIES = 3;
const LONGEST_WAIT = 60_000;
const RETRIED_STATUS = new Set([408, 429, 499, 500, 502, 503, 504, 522]);
const RETRIED_ERROR = new Set(['TOOMANYREQUESTS', 'UNAVAILABLE', 'UNKNOWN']);
const RETRIED_FAULT = new Set([
    'ECONNRESET',
    'ECONNREFUSED',
    'ECONNABORTED',
    'ETIMEDOUT',
    'EPIPE',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
]);
/**
 * Repeats an idempotent exchange while its failure is one that passes by itself.
 * Resolves with the last answer, whatever it says; rejects with the last fault of the wire.
 */
async function withRetries(exchange, policy) {
    const { clock, signal, tries = TRIES, random = Math.random } = policy;
    for (let tried = 1;; tried += 1) {
        (0,deploy_error/* throwIfAborted */.Te)(signal);
        const attempt = await retry_settle(exchange);
        (0,deploy_error/* throwIfAborted */.Te)(signal);
        if (tried >= tries || !isPassing(attempt))
            return attempt.is === 'answer' ? attempt.answer : rethrow(attempt.fault);
        const asked = attempt.is === 'answer' ? retryAfter(attempt.answer.headers['retry-after'], clock.now()) : undefined;
        const wait = asked ?? backoff(tried, random());
        policy.onWait?.(wait, tried, attempt.is === 'answer' ? String(attempt.answer.status) : (0,fault/* faultCode */.I)(attempt.fault));
        await clock.sleep(wait, signal);
    }
}
async function retry_settle(exchange) {
    try {
        return { is: 'answer', answer: await exchange() };
    }
    catch (fault) {
        return { is: 'fault', fault };
    }
}
function rethrow(fault) {
    throw fault;
}
function isPassing(attempt) {
    if (attempt.is === 'fault')
        return RETRIED_FAULT.has((0,fault/* faultCode */.I)(attempt.fault));
    const { answer } = attempt;
    if (RETRIED_STATUS.has(answer.status))
        return true;
    return answer.status >= 400 && answer.status !== 401 && (0,failure/* errorCodes */.fv)(answer).some((code) => RETRIED_ERROR.has(code));
}
/** Milliseconds that a `Retry-After` header (seconds or a date) asks for, never above the longest wait. */
function retryAfter(header, now) {
    if (header === undefined)
        return undefined;
    const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
    return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_WAIT);
}
/**
 * 0.3 s, 3 s, … each a quarter more or less. The first is for hiccups: distribution answers 500 to a read that meets a
 * write of the same manifest.
 */
function backoff(tried, random) {
    return Math.round(300 * 10 ** (tried - 1) * (0.75 + random / 2));
}

;// CONCATENATED MODULE: ./build/adapters/registry/token.js





/** The distribution specification's default lifetime of a token that does not say its own, seconds. */
const DEFAULT_LIFE = 60;
/**
 * Buys a token for the repository from the challenge's realm.
 * @throws DeployError registry-denied when the login is refused or the realm is not to be trusted, registry-error
 */
async function fetchToken(send, request) {
    const realm = trustedRealm(request);
    const answer = await askRealm(send, realm, request);
    const { asker, repository } = request;
    const what = `a token for ${repository.path} (${request.actions})`;
    if (answer.status !== 200)
        throw (0,deploy_error/* fail */.fJ)((0,failure/* refusal */.x5)(asker, what, answer));
    const parsed = (0,schemas/* parseJson */.qF)(schemas/* Token */.ou, answer.body);
    const value = parsed?.token || parsed?.access_token;
    if (!value)
        throw new deploy_error/* DeployError */.sH('registry-error', `${realm.host} gave no token for ${asker.host}`);
    const life = (parsed?.expires_in || DEFAULT_LIFE) * 1000;
    return { value, expires: request.now + life - Math.min(10_000, life / 5) };
}
async function askRealm(send, realm, request) {
    const { credentials } = request;
    if (credentials?.kind === 'identity') {
        const answer = await send(refreshAsk(realm, request, credentials.token));
        // Not every token server speaks OAuth2: those take the token as a password.
        if (answer.status !== 404 && answer.status !== 405)
            return answer;
    }
    return send(plainAsk(realm, request));
}
/** Ours first (some registries read only the first), then what the challenge asks beyond it. */
function scopes({ challenge, repository, actions }) {
    const own = `repository:${repository.path}:${actions}`;
    const asked = challenge.parameters['scope']?.split(' ') ?? [];
    return [own, ...asked.filter((scope) => scope !== '' && !covers(own, scope))];
}
function covers(own, scope) {
    const [name, actions] = cut(own);
    const [otherName, otherActions] = cut(scope);
    return name === otherName && otherActions.every((action) => actions.includes(action));
}
function cut(scope) {
    const colon = scope.lastIndexOf(':');
    return [scope.slice(0, colon), scope.slice(colon + 1).split(',')];
}
function plainAsk(realm, request) {
    const url = new URL(realm);
    const service = request.challenge.parameters['service'];
    if (service !== undefined)
        url.searchParams.set('service', service);
    for (const scope of scopes(request))
        url.searchParams.append('scope', scope);
    return { method: 'GET', url, headers: basicHeader(request.credentials) };
}
function refreshAsk(realm, request, refreshToken) {
    const form = new URLSearchParams({
        grant_type: 'refresh_token',
        service: request.challenge.parameters['service'] ?? '',
        client_id: 'immutable-deploy',
        scope: scopes(request).join(' '),
        refresh_token: refreshToken,
    });
    return {
        method: 'POST',
        url: realm,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
    };
}
function basicHeader(credentials) {
    if (!credentials || credentials.kind === 'access')
        return {};
    const secret = credentials.kind === 'password' ? credentials.password : credentials.token;
    return { authorization: `Basic ${basicPair(credentials.username, secret)}` };
}
/**
 * A hostile registry may name any address as realm, and we would send our credentials there: it must be https
 * and no private address, unless it is the registry's own host.
 */
function trustedRealm({ challenge, asker }) {
    const text = challenge.parameters['realm'] ?? '';
    const refuse = (why) => (0,deploy_error/* fail */.fJ)((0,failure/* denied */.wk)(asker, `a login: its token server ${JSON.stringify(text.slice(0, 200))} ${why}`));
    if (!URL.canParse(text))
        throw refuse('is no address');
    const realm = new URL(text);
    const own = (0,hosts/* hostname */.OI)(realm.host) === (0,hosts/* hostname */.OI)(asker.host);
    const plainAllowed = own && (0,hosts/* isLoopback */.U9)(asker.host);
    if (realm.protocol !== 'https:' && !(realm.protocol === 'http:' && plainAllowed))
        throw refuse('is not reached by https');
    if (!own && (0,hosts/* isPrivateAddress */.C0)(realm.host))
        throw refuse('is a private address that is not the registry itself');
    return realm;
}
/** Whether a readable token grants the action on the repository; undefined: the token is opaque. */
function grants(token, path, action) {
    const payload = token.split('.')[1];
    if (payload === undefined)
        return undefined;
    const claims = (0,schemas/* parseJson */.qF)(schemas/* TokenClaims */.tl, Buffer.from(payload, 'base64url'));
    return claims?.access.some(({ type, name, actions }) => type === 'repository' && name === path && (actions?.includes(action) === true || actions?.includes('*') === true));
}

;// CONCATENATED MODULE: ./build/adapters/registry/session.js






const REDIRECTS = 5;
// While a host is known to be down, waiting for it again in every call would only add up.
const DOWN_FOR = 15_000;
const WORTH_SAYING = 5000;
function createSession(options) {
    const { wire, credentials, clock, signal, onWarning, onSecret } = options;
    const challenges = new Map();
    const tokens = new Map();
    const downSince = new Map();
    async function send(host, ask) {
        const down = clock.now() - (downSince.get(host) ?? -Infinity) < DOWN_FOR;
        try {
            const answer = await withRetries(() => wire(ask), {
                clock,
                signal,
                ...(options.random ? { random: options.random } : {}),
                ...(down ? { tries: 1 } : {}),
                onWait: (ms, _tried, why) => {
                    if (ms >= WORTH_SAYING)
                        onWarning(`${host} answers ${why}; asking again in ${String(Math.round(ms / 1000))} s`);
                },
            });
            downSince.delete(host);
            return answer;
        }
        catch (error) {
            (0,deploy_error/* throwIfAborted */.Te)(signal);
            downSince.set(host, clock.now());
            throw (0,failure/* unreachable */.HB)(host, error);
        }
    }
    async function follow(host, ask) {
        let current = ask;
        for (let hop = 0;; hop += 1) {
            const answer = await send(host, current);
            const next = redirectOf(current, answer);
            if (!next || hop >= REDIRECTS)
                return answer;
            current = next;
        }
    }
    /** What is known without asking: nothing before the first challenge of a host. */
    async function passFor(call) {
        const challenge = challenges.get(call.repository.registry);
        return challenge ? answerChallenge(challenge, call) : anonymous(call.repository.registry);
    }
    async function answerChallenge(challenge, call) {
        const { repository, actions } = call;
        const found = await credentials.find(repository, actions);
        const asker = { host: displayHost(repository.registry), as: described(found) };
        if (found?.kind === 'access')
            return { headers: { authorization: `Bearer ${found.token}` }, asker, token: found.token };
        if (challenge.scheme === 'basic')
            return { headers: basicHeader(found), asker };
        const token = await tokenFor({ challenge, repository, actions, found, asker });
        return { headers: { authorization: `Bearer ${token.value}` }, asker, token: token.value };
    }
    async function tokenFor(wanted) {
        const { repository, actions, challenge, found, asker } = wanted;
        const key = tokenKey(repository, actions);
        const known = tokens.get(key);
        if (known) {
            const token = await known;
            if (clock.now() < token.expires)
                return token;
            if (tokens.get(key) === known)
                tokens.delete(key);
            return tokenFor(wanted);
        }
        const realmSend = (ask) => send(ask.url.host, ask);
        const request = { challenge, repository, actions, credentials: found, asker, now: clock.now() };
        const fresh = fetchToken(realmSend, request).then((token) => {
            onSecret(token.value);
            return token;
        });
        tokens.set(key, fresh);
        fresh.catch(() => tokens.get(key) === fresh && tokens.delete(key));
        return fresh;
    }
    /** The challenge of an answer that wants a login, or might show more after one. */
    async function challengeOf(call, pass, answer) {
        const { registry } = call.repository;
        if (answer.status === 401)
            return pickChallenge(parseChallenges(answer.headers['www-authenticate'] ?? ''));
        const hidden = (answer.status === 403 || answer.status === 404) && !pass.headers['authorization'];
        if (!hidden || challenges.has(registry))
            return undefined;
        // A registry that lets anybody read some things may say "not found" of what only a login can see.
        if (!(await credentials.find(call.repository, call.actions)))
            return undefined;
        const url = new URL('/v2/', `https://${registry}`);
        const ping = await send(registry, { method: 'GET', url, headers: {}, detectScheme: true });
        return ping.status === 401 ? pickChallenge(parseChallenges(ping.headers['www-authenticate'] ?? '')) : undefined;
    }
    async function call(request) {
        const { registry } = request.repository;
        const url = new URL(request.path, `https://${registry}`);
        const ask = (pass) => ({
            method: request.method,
            url,
            headers: { ...request.headers, ...pass.headers },
            detectScheme: true,
            ...(request.body ? { body: request.body } : {}),
        });
        let pass = await passFor(request);
        let answer = await follow(registry, ask(pass));
        const challenge = await challengeOf(request, pass, answer);
        if (challenge) {
            challenges.set(registry, withoutScope(challenge));
            if (pass.token !== undefined)
                await forget(request, pass.token);
            const next = await answerChallenge(challenge, request);
            const repeat = next.headers['authorization'] !== pass.headers['authorization'];
            pass = next;
            if (repeat)
                answer = await follow(registry, ask(pass));
        }
        const mayPull = pass.token === undefined ? undefined : grants(pass.token, request.repository.path, 'pull');
        return { ...answer, asker: pass.asker, mayPull };
    }
    /** Drops a token that was refused, unless somebody renewed it meanwhile. */
    async function forget({ repository, actions }, refused) {
        const key = tokenKey(repository, actions);
        const kept = tokens.get(key);
        const value = (await kept?.catch(() => undefined))?.value;
        if (value === refused && tokens.get(key) === kept)
            tokens.delete(key);
    }
    async function grantsPush(repository) {
        const ping = { repository, actions: 'pull,push', method: 'GET', path: '/v2/' };
        const reply = await call(ping);
        if (reply.status === 401 || !challenges.has(repository.registry))
            return undefined;
        const pass = await passFor(ping);
        return pass.token === undefined ? undefined : grants(pass.token, repository.path, 'push');
    }
    return { call, grantsPush };
}
function anonymous(host) {
    return { headers: {}, asker: { host: displayHost(host), as: failure/* WITHOUT_CREDENTIALS */.kI } };
}
function described(credentials) {
    if (!credentials)
        return failure/* WITHOUT_CREDENTIALS */.kI;
    return credentials.kind === 'password'
        ? `as ${credentials.username} (from ${credentials.source})`
        : `with a token from ${credentials.source}`;
}
/** People know Docker Hub by another name than its API's. */
function displayHost(host) {
    return (0,hosts/* isDockerHub */.gr)(host) ? 'docker.io' : host;
}
function tokenKey(repository, actions) {
    return `${actions} ${repository.registry}/${repository.path}`;
}
/** Later logins of this host are for other repositories. */
function withoutScope(challenge) {
    const parameters = Object.entries(challenge.parameters).filter(([name]) => name !== 'scope');
    return { scheme: challenge.scheme, parameters: Object.fromEntries(parameters) };
}
/** The request that a redirect asks for. Credentials never leave the host that they are for, nor https. */
function redirectOf(ask, answer) {
    const location = answer.headers.location;
    if (ask.method !== 'GET' && ask.method !== 'HEAD')
        return undefined;
    if (![301, 302, 303, 307, 308].includes(answer.status) || !location)
        return undefined;
    if (!URL.canParse(location, answer.url.href))
        return undefined;
    const url = new URL(location, answer.url);
    if (url.protocol !== 'https:' && url.protocol !== answer.url.protocol)
        return undefined;
    const { authorization, ...headers } = ask.headers;
    const own = url.origin === answer.url.origin && authorization !== undefined;
    return { method: ask.method, url, headers: own ? { ...headers, authorization } : headers };
}

// EXTERNAL MODULE: ./build/domain/digest.js
var digest = __webpack_require__(3213);
;// CONCATENATED MODULE: ./build/adapters/registry/walk.js




/** Indexes in indexes exist, but no deeper than this. */
const DEEPEST = 3;
/**
 * Everything that one image consists of, each part verified by its digest. undefined: the root is absent.
 * @throws DeployError image-incomplete when a part below the root is absent, digest-mismatch, registry-error
 */
async function walk(parts, repository, digest) {
    const root = await parts.manifest(digest);
    if (!root)
        return undefined;
    const accepted = new Set([digest]);
    const platforms = await platformsOf(parts, repository, root, undefined, 0);
    for (const { manifest, config } of platforms)
        accepted.add(manifest).add(config);
    const first = platforms[0]?.facts;
    return {
        descriptor: root.descriptor,
        accepted,
        platforms: platforms.map(({ platform, manifest, config }) => ({ platform, manifest, config })),
        labels: first?.config?.Labels ?? {},
        ...(first?.created ? { created: first.created } : {}),
    };
}
function isIndex(manifest) {
    return distribution/* INDEX_TYPES */.V.has(manifest.descriptor.mediaType) || manifest.content.manifests !== undefined;
}
/** Digests that an index names, attestations included: a registry takes an index only with all of them. */
function childrenOf(manifest) {
    return (manifest.content.manifests ?? []).map((child) => child.digest).filter(digest/* isDigest */.Bc);
}
async function platformsOf(parts, repository, manifest, place, depth) {
    const { content, descriptor } = manifest;
    if (isIndex(manifest)) {
        if (depth >= DEEPEST)
            throw unusable(repository, descriptor.digest, 'is an index nested too deeply');
        const children = (content.manifests ?? []).filter((child) => !isAttestation(child));
        const found = children.map(async (child) => {
            const part = (0,digest/* isDigest */.Bc)(child.digest) ? await parts.manifest(child.digest) : undefined;
            if (!part)
                throw incomplete(repository, manifest, `the manifest ${child.digest}`);
            return platformsOf(parts, repository, part, child.platform, depth + 1);
        });
        return (await Promise.all(found)).flat();
    }
    const config = content.config?.digest;
    if (config === undefined || !(0,digest/* isDigest */.Bc)(config))
        throw unusable(repository, descriptor.digest, 'names no config');
    const bytes = await parts.blob(config);
    if (!bytes)
        throw incomplete(repository, manifest, `the config ${config}`);
    const facts = (0,schemas/* parseJson */.qF)(schemas/* ImageConfig */.K8, bytes);
    if (!facts)
        throw unusable(repository, descriptor.digest, 'has a config that cannot be read');
    return [{ platform: platformName(place?.os ? place : facts), manifest: descriptor.digest, config, facts }];
}
/** BuildKit's attestations sit in the index like a platform, as an annotated manifest or as an OCI artifact. */
function isAttestation(child) {
    return (child.annotations?.['vnd.docker.reference.type'] !== undefined ||
        (child.artifactType !== undefined && child.platform === undefined) ||
        (child.platform?.os === 'unknown' && child.platform.architecture === 'unknown'));
}
/** As engines write it: `linux/amd64`, `linux/arm/v7`; arm64 has only one variant, which is left out. */
function platformName(place) {
    const variant = place.architecture === 'arm64' && place.variant === 'v8' ? '' : (place.variant ?? '');
    return [place.os, place.architecture, variant].filter(Boolean).join('/');
}
function incomplete(repository, parent, part) {
    const parentDigest = parent.descriptor.digest;
    return new deploy_error/* DeployError */.sH('image-incomplete', `${repository.name}@${parentDigest} names ${part}, which is absent`);
}
function unusable(repository, digest, why) {
    return new deploy_error/* DeployError */.sH('registry-error', `${repository.name}@${digest} ${why}`, {
        fix: 'Release an image (a Docker or OCI image manifest, or an index of them).',
    });
}

// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
;// CONCATENATED MODULE: ./build/adapters/registry/proxy.js

/** The proxy for an https address by `HTTPS_PROXY` and `NO_PROXY`; undefined: go directly. */
function proxyFor(url, env) {
    const setting = env['HTTPS_PROXY'] || env['https_proxy'] || env['ALL_PROXY'] || env['all_proxy'];
    if (!setting || (0,hosts/* isLoopback */.U9)(url.host))
        return undefined;
    if (isExcepted(url, env['NO_PROXY'] || env['no_proxy'] || ''))
        return undefined;
    const address = setting.includes('://') ? setting : `http://${setting}`;
    return URL.canParse(address) ? new URL(address) : undefined;
}
function isExcepted(url, exceptions) {
    const name = (0,hosts/* hostname */.OI)(url.host);
    const port = url.port === '' ? '443' : url.port;
    return exceptions
        .split(',')
        .map((entry) => entry.trim().toLowerCase())
        .some((entry) => {
        if (entry === '')
            return false;
        if (entry === '*')
            return true;
        const wanted = /:(\d+)$/.exec(entry)?.[1];
        if (wanted !== undefined && wanted !== port)
            return false;
        const suffix = (0,hosts/* hostname */.OI)(entry).replace(/^\*?\./, '');
        return name === suffix || name.endsWith(`.${suffix}`);
    });
}

;// CONCATENATED MODULE: ./build/adapters/registry/trust.js


/**
 * Authorities for that registry: Node's own and the `*.crt` files where Docker looks for them
 * (`/etc/docker/certs.d/<host:port>/`, rootless `~/.config/docker/certs.d/…`).
 * undefined: there are none, Node's own are enough.
 */
async function trustedAuthorities(host, env) {
    const home = env['XDG_CONFIG_HOME'] ?? (env['HOME'] ? (0,external_node_path_.join)(env['HOME'], '.config') : undefined);
    const folders = ['/etc', ...(home ? [home] : [])].map((base) => (0,external_node_path_.join)(base, 'docker', 'certs.d', host));
    const extra = (await Promise.all(folders.map(certificates))).flat();
    if (extra.length === 0)
        return undefined;
    const tls = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 1692, 19));
    // Node 20 cannot list what NODE_EXTRA_CA_CERTS added; its bundled list is then all there is.
    const own = 'getCACertificates' in tls ? tls.getCACertificates('default') : tls.rootCertificates;
    return [...own, ...extra];
}
async function certificates(folder) {
    try {
        const names = (await (0,promises_.readdir)(folder)).filter((name) => name.endsWith('.crt'));
        return await Promise.all(names.map((name) => (0,promises_.readFile)((0,external_node_path_.join)(folder, name), 'utf8')));
    }
    catch {
        return [];
    }
}

;// CONCATENATED MODULE: ./build/adapters/registry/wire.js




// Manifests and configs are some kB; whatever is larger is not what we asked for.
const LARGEST_BODY = 16 * 1024 * 1024;
const SOCKETS = 8;
/** Plain node:http(s) over kept-alive connections: fetch would cost its own start-up. */
function createWire({ env, signal, idle = 30_000 }) {
    const settings = { keepAlive: true, maxSockets: SOCKETS, timeout: idle };
    const plain = new external_node_http_.Agent(settings);
    const secure = new Map();
    const live = liveRequests(signal);
    const secureAgent = (url) => {
        const known = secure.get(url.host);
        if (known)
            return known;
        const made = makeSecureAgent(url, env, settings);
        secure.set(url.host, made);
        return made;
    };
    return async (ask) => {
        const tls = ask.url.protocol === 'https:';
        const options = {
            method: ask.method,
            headers: { 'user-agent': 'immutable-deploy', ...lengthOf(ask), ...ask.headers },
            agent: tls ? await secureAgent(ask.url) : plain,
            timeout: idle,
        };
        // Loaded only when needed: TLS costs start-up time that a registry on this machine never pays back.
        const request = tls ? (await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 4708, 19))).request : external_node_http_.request;
        return exchange(ask, () => live(request(ask.url, options)));
    };
}
/** Ties requests to the signal with one listener for all: a signal warns of many. */
function liveRequests(signal) {
    const live = new Set();
    const cut = () => {
        for (const request of live)
            request.destroy((0,fault/* fault */.D)('ABORT_ERR', 'cancelled'));
    };
    signal.addEventListener('abort', cut, { once: true });
    return (request) => {
        live.add(request);
        request.once('close', () => live.delete(request));
        if (signal.aborted)
            cut();
        return request;
    };
}
function lengthOf(ask) {
    if (ask.body === undefined)
        return ask.method === 'POST' || ask.method === 'PUT' ? { 'content-length': '0' } : {};
    return { 'content-length': String(Buffer.byteLength(ask.body)) };
}
function exchange(ask, start, again = false) {
    return new Promise((resolve, reject) => {
        const request = start();
        request.on('timeout', () => request.destroy((0,fault/* fault */.D)('ETIMEDOUT', 'no sign of life from the server')));
        request.on('error', (error) => {
            // The server closed an idle connection just as we reused it: nothing was asked yet, so ask on a new one.
            const stale = request.reusedSocket && error.code === 'ECONNRESET' && !again;
            if (stale)
                exchange(ask, start, true).then(resolve, reject);
            else
                reject(error);
        });
        request.on('response', (response) => {
            collect(response, (body) => resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                body,
                url: ask.url,
                asked: `${ask.method} ${ask.url.origin}${ask.url.pathname}`,
            }));
            response.on('error', reject);
        });
        request.end(ask.body);
    });
}
function collect(response, done) {
    const chunks = [];
    let size = 0;
    response.on('data', (chunk) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > LARGEST_BODY)
            response.destroy((0,fault/* fault */.D)('EMSGSIZE', `the answer is larger than ${LARGEST_BODY} bytes`));
    });
    response.on('end', () => done(Buffer.concat(chunks)));
}
async function makeSecureAgent(url, env, common) {
    const ca = await trustedAuthorities(url.host, env);
    const settings = { ...common, ...(ca ? { ca } : {}) };
    const proxy = proxyFor(url, env);
    if (proxy)
        return (await __webpack_require__.e(/* import() */ 847).then(__webpack_require__.bind(__webpack_require__, 6847))).tunnelAgent(proxy, settings);
    return new (await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 4708, 19))).Agent(settings);
}

;// CONCATENATED MODULE: ./build/adapters/registry/index.js









/** The registry over the network. Remembers logins, tokens and manifests as long as the instance lives. */
function createRegistry(options) {
    const { env, clock, signal, mayBePlain = hosts/* isLoopback */.U9, onWarning = ignore, onSecret = ignore } = options;
    const wire = withSchemeDetection(createWire({ env, signal, idle: options.idle }), mayBePlain);
    const credentials = createCredentialChain({ ...options, onWarning, onSecret });
    const session = createSession({ ...options, wire, credentials, onWarning, onSecret });
    const api = (0,distribution/* createDistribution */.Lo)(session);
    const manifests = new Map();
    /** A digest's bytes never change: fetched once, by whoever needs them first. */
    function manifest(repository, digest, actions) {
        const key = manifestKey(repository, digest);
        const known = manifests.get(key);
        if (known)
            return known;
        const fetched = api.manifest({ repository, actions }, digest);
        manifests.set(key, fetched);
        // Absence and trouble may pass.
        fetched.then((found) => found ?? manifests.delete(key), () => manifests.delete(key));
        return fetched;
    }
    /** Doubts become the third answer; only a cancelled run throws. */
    async function existence(look) {
        try {
            const value = await look();
            return value === undefined ? { is: 'absent' } : { is: 'present', value };
        }
        catch (error) {
            (0,deploy_error/* throwIfAborted */.Te)(signal);
            if (error instanceof deploy_error/* DeployError */.sH)
                return { is: 'unknown', why: reasonOf(error) };
            throw error;
        }
    }
    return {
        resolve: (repository, reference) => existence(() => api.head({ repository, actions: 'pull' }, reference)),
        image: (repository, digest) => existence(() => {
            const parts = {
                manifest: (part) => manifest(repository, part, 'pull'),
                blob: (part) => api.blob({ repository, actions: 'pull' }, part),
            };
            return walk(parts, repository, digest);
        }),
        promote: (repository, digest, tag, expect) => promote({ repository, digest, tag, expect }, {
            api,
            clock,
            signal,
            manifest: (order) => manifest(order.repository, order.digest, 'pull,push'),
            unseenChildren: (order, index) => childrenOf(index).filter((child) => !manifests.has(manifestKey(order.repository, child))),
        }),
        tags: (repository) => existence(async () => (await __webpack_require__.e(/* import() */ 612).then(__webpack_require__.bind(__webpack_require__, 5612))).listTags(session, repository)),
        canPush: (repository) => existence(async () => {
            await (await __webpack_require__.e(/* import() */ 884).then(__webpack_require__.bind(__webpack_require__, 5884))).checkPush(session, repository);
            return true;
        }),
        engineAuth: async (repository) => engineAuthOf(await credentials.find(repository, 'pull,push'), repository),
    };
}
function reasonOf({ code, what, evidence, fix }) {
    return { code, what, evidence, fix };
}
function manifestKey(repository, digest) {
    return `${repository.registry}/${repository.path}@${digest}`;
}
function ignore() {
    // Nobody listens.
}


/***/ }),

/***/ 3817:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Fw: () => (/* binding */ ErrorBody),
/* harmony export */   K8: () => (/* binding */ ImageConfig),
/* harmony export */   LY: () => (/* binding */ TagList),
/* harmony export */   Vv: () => (/* binding */ DockerConfig),
/* harmony export */   _8: () => (/* binding */ Manifest),
/* harmony export */   dt: () => (/* binding */ HelperAnswer),
/* harmony export */   ou: () => (/* binding */ Token),
/* harmony export */   qF: () => (/* binding */ parseJson),
/* harmony export */   tl: () => (/* binding */ TokenClaims)
/* harmony export */ });
/* unused harmony export AuthEntry */
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7934);

/** Shapes of what registries, token servers, helpers and config files say. Unknown fields pass. */
const Manifest = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
    schemaVersion: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .number */ .aig()),
    mediaType: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    config: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({ digest: valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), mediaType: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()) })),
    manifests: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
        digest: valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(),
        mediaType: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
        artifactType: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
        platform: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
            os: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), ''),
            architecture: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), ''),
            variant: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
        })),
        annotations: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP())),
    }))),
});
const ImageConfig = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
    os: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), ''),
    architecture: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), ''),
    variant: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    created: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    config: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({ Labels: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP())) })),
});
const ErrorBody = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
    errors: valibot__WEBPACK_IMPORTED_MODULE_0__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({ code: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), ''), message: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), '') })),
});
const TagList = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({ tags: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP())) });
const Token = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
    token: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    access_token: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    expires_in: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .number */ .aig()),
});
/** Payload of a distribution token; `access` lists what was granted. */
const TokenClaims = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
    access: valibot__WEBPACK_IMPORTED_MODULE_0__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({ type: valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), name: valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), actions: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .array */ .YOg(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP())) })),
});
const AuthEntry = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
    auth: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    username: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    password: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    identitytoken: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
    registrytoken: valibot__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
});
const DockerConfig = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({
    auths: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(AuthEntry))),
    credHelpers: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .record */ .g1P(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP())),
    credsStore: valibot__WEBPACK_IMPORTED_MODULE_0__/* .nullish */ .cl6(valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP()),
});
const HelperAnswer = valibot__WEBPACK_IMPORTED_MODULE_0__/* .looseObject */ ._H3({ Username: valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP(), Secret: valibot__WEBPACK_IMPORTED_MODULE_0__/* .string */ .YjP() });
/** The value of that shape, or undefined when the text is no JSON or has another shape. */
function parseJson(schema, text) {
    try {
        const parsed = valibot__WEBPACK_IMPORTED_MODULE_0__/* .safeParse */ .xLC(schema, JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8')));
        return parsed.success ? parsed.output : undefined;
    }
    catch {
        return undefined;
    }
}


/***/ })

};
