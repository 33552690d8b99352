export const id = 856;
export const ids = [856];
export const modules = {

/***/ 1856:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  demo: () => (/* binding */ demo)
});

// EXTERNAL MODULE: ./build/domain/duration.js
var duration = __webpack_require__(4953);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
;// CONCATENATED MODULE: ./build/cli/demo/busybox.js
const PROGRAM_HEADER_SIZE = 56;
const PT_INTERP = 3;
/** Whether a 64-bit little-endian ELF file needs no loader, so that it runs in an image with nothing else in it. */
function isStatic(file) {
    if (file.length < 64 || file.toString('latin1', 0, 4) !== '\u007fELF' || file[4] !== 2 || file[5] !== 1)
        return false;
    const start = Number(file.readBigUInt64LE(32));
    const count = file.readUInt16LE(56);
    for (let at = 0; at < count; at += 1) {
        const header = start + at * PROGRAM_HEADER_SIZE;
        if (header + 4 > file.length)
            return false;
        if (file.readUInt32LE(header) === PT_INTERP)
            return false;
    }
    return true;
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./build/cli/demo/shell.js



/** Runs a program to its end; a program that is missing ends with 127. Never rejects but for an abort. */
function exec(file, args, options = {}) {
    const { onLine, ...rest } = options;
    return new Promise((resolve, reject) => {
        const child = (0,external_node_child_process_.spawn)(file, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'], killSignal: 'SIGINT' });
        const text = { stdout: '', stderr: '' };
        let partial = '';
        for (const name of ['stdout', 'stderr']) {
            child[name].setEncoding('utf8').on('data', (part) => {
                text[name] += part;
                const lines = (partial + part).split('\n');
                partial = lines.pop() ?? '';
                for (const line of lines)
                    onLine?.(line);
            });
        }
        child.on('error', (error) => {
            if (error.name === 'AbortError')
                return;
            if (error.code === 'ENOENT')
                resolve({ code: 127, stdout: '', stderr: `${file}: not found` });
            else
                reject(error);
        });
        child.on('close', (code) => resolve({ code: code ?? 1, ...text }));
    });
}
/** Like `exec`, but an exit code other than 0 is an error that carries the last lines. */
async function must(file, args, options = {}) {
    const { code, stdout, stderr } = await exec(file, args, options);
    if (code === 0)
        return stdout.trim();
    const said = (stderr.trim() || stdout.trim()).split('\n').slice(-15).join('\n  ');
    throw new DemoError(`${file} ${args.join(' ')} ended with ${String(code)}:\n  ${said}`);
}
/** Full path of a program; looks where root's programs are, too. */
function which(name, env = process.env) {
    const folders = [...(env['PATH'] ?? '').split(external_node_path_.delimiter), '/usr/sbin', '/sbin'];
    return folders.map((folder) => external_node_path_.join(folder, name)).find(isExecutable);
}
function isExecutable(file) {
    try {
        (0,external_node_fs_.accessSync)(file, external_node_fs_.constants.X_OK);
        return true;
    }
    catch {
        return false;
    }
}
/** Something that keeps the demo from going on, in words for the reader. */
class DemoError extends Error {
    name = 'DemoError';
}

;// CONCATENATED MODULE: ./build/cli/demo/packages.js


const POLICY = '/usr/sbin/policy-rc.d';
const QUIET = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
/** Whether packages can be installed here: Debian's or Ubuntu's tools, and root. */
function canInstall() {
    return process.platform === 'linux' && process.getuid?.() === 0 && which('apt-get') !== undefined;
}
let updated = false;
async function update(talk) {
    if (updated || !canInstall())
        return;
    await talk.live('apt-get update', () => must('apt-get', ['update', '-qq'], { env: QUIET }));
    updated = true;
}
/** Installs Debian packages after saying so, and remembers exactly those that were not there before. */
async function install(names, home, talk) {
    if (names.length === 0)
        return;
    talk.say(`Missing on this machine: ${names.join(', ')}. Installing from the distribution's packages;`);
    talk.say('`npm run demo:clean` removes again what was not there before.');
    await update(talk);
    const wanted = await withClient(names);
    const before = await installed();
    remember(home, wanted.filter((name) => !before.has(name)));
    await talk.live(`apt-get install ${wanted.join(' ')}`, () => withoutServices(home, () => must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted], { env: QUIET })));
    remember(home, [...(await installed())].filter((name) => !before.has(name)));
}
/**
 * One file out of a package, unpacked below the demo's folder: nothing is installed.
 * @returns its path; undefined where the package cannot be had
 */
async function unpack(name, file, home, talk) {
    const known = unpacked(name, file, home);
    if (known !== undefined)
        return known;
    const folder = home.path('packages');
    if (!which('apt-get') || !which('dpkg'))
        return undefined;
    talk.say(`Taking ${file} out of Debian's package ${name}; it is not installed.`);
    await update(talk);
    (0,external_node_fs_.mkdirSync)(folder, { recursive: true });
    const { code } = await exec('apt-get', ['download', '-qq', name], { cwd: folder, env: QUIET });
    const archive = (0,external_node_fs_.readdirSync)(folder).find((entry) => entry.startsWith(`${name}_`) && entry.endsWith('.deb'));
    if (code !== 0 || archive === undefined)
        return undefined;
    await must('dpkg', ['-x', archive, name], { cwd: folder });
    return unpacked(name, file, home);
}
/** A file that was unpacked before. */
function unpacked(name, file, home) {
    const target = home.path('packages', name, file);
    return (0,external_node_fs_.existsSync)(target) ? target : undefined;
}
function remember(home, names) {
    home.note({ packages: [...new Set([...(home.state.packages ?? []), ...names])] });
}
/** Newer releases keep the client in a package of its own. */
async function withClient(names) {
    if (!names.includes('docker.io') || which('docker'))
        return names;
    const { code } = await exec('apt-cache', ['show', 'docker-cli']);
    return code === 0 ? [...names, 'docker-cli'] : names;
}
/** No service of the packages is started: the demo starts an engine of its own, with folders of its own. */
async function withoutServices(home, work) {
    if ((0,external_node_fs_.existsSync)(POLICY))
        return work();
    home.note({ policy: true });
    (0,external_node_fs_.writeFileSync)(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    try {
        return await work();
    }
    finally {
        (0,external_node_fs_.rmSync)(POLICY, { force: true });
        home.forget('policy');
    }
}
async function installed() {
    const list = await must('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}\t${Package}\n']);
    const rows = list.split('\n').map((line) => line.split('\t'));
    return new Set(rows.filter(([status]) => status?.startsWith('ii')).map(([, name]) => name ?? ''));
}
/** Removes the packages that the demo brought. */
async function uninstall(home, talk) {
    if (home.state.policy)
        (0,external_node_fs_.rmSync)(POLICY, { force: true });
    const names = home.state.packages ?? [];
    if (names.length === 0)
        return;
    if (!canInstall())
        throw new DemoError(`packages are left that only root can remove: apt-get purge ${names.join(' ')}`);
    const present = await installed();
    const left = names.filter((name) => present.has(name));
    const others = left.length === 0 ? [] : (await removedWith(left)).filter((name) => !left.includes(name));
    if (others.length > 0) {
        talk.say(`Packages stay, because ${others.join(', ')} needs them now: ${left.join(' ')}`);
    }
    else if (left.length > 0) {
        const purge = () => must('apt-get', ['purge', '-y', '-qq', ...left], { env: QUIET });
        await talk.live(`removing ${String(left.length)} packages that were not there before`, purge);
    }
    home.forget('packages');
}
/** What apt would remove together with these: whatever was installed later and depends on them. */
async function removedWith(names) {
    const plan = await must('apt-get', ['purge', '-s', '-qq', ...names], { env: QUIET });
    return [...plan.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map(([, name]) => name ?? '');
}

// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./build/cli/demo/processes.js




/** Starts a program that outlives the demo; what it says goes to `log`. Returns its pid. */
function background(file, args, log, env = process.env) {
    const out = (0,external_node_fs_.openSync)(log, 'a');
    const child = (0,external_node_child_process_.spawn)(file, args, { detached: true, stdio: ['ignore', out, out], env });
    child.on('error', () => undefined);
    child.unref();
    (0,external_node_fs_.closeSync)(out);
    if (child.pid === undefined)
        throw new DemoError(`${file} cannot be started`);
    return child.pid;
}
/** Whether `pid` is still the program that was started: its command line names `mark`. Pids are used again. */
function runs(pid, mark) {
    if (pid === undefined)
        return false;
    try {
        return (0,external_node_fs_.readFileSync)(`/proc/${String(pid)}/cmdline`, 'utf8').includes(mark);
    }
    catch {
        return false;
    }
}
/** Asks it to end, waits, then insists. */
async function stop(pid, mark, withinMs) {
    for (const signal of ['SIGTERM', 'SIGKILL']) {
        if (!runs(pid, mark))
            return;
        process.kill(pid, signal);
        await waitFor(() => !runs(pid, mark), withinMs);
    }
}
/** Asks every 100 ms; false when the time is over. */
async function waitFor(done, withinMs) {
    const end = Date.now() + withinMs;
    while (!(await done())) {
        if (Date.now() > end)
            return false;
        await (0,promises_.setTimeout)(100);
    }
    return true;
}
/** The last lines of a log, for an error. */
function tail(log, lines = 12) {
    if (!(0,external_node_fs_.existsSync)(log))
        return '';
    return (0,external_node_fs_.readFileSync)(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n  ');
}

;// CONCATENATED MODULE: ./build/cli/demo/registry.js






const PORT = 5055;
const CONTAINER = 'immutable-demo-registry';
const IMAGE = 'registry:2';
/** An empty registry on loopback. Debian's program where it can be had, else the registry image. Returns host:port. */
async function startRegistry(engine, home, talk) {
    await stopRegistry(home, engine.env);
    const port = await freePort();
    const address = `127.0.0.1:${String(port)}`;
    const program = which('docker-registry') ?? (await unpack('docker-registry', 'usr/bin/docker-registry', home, talk));
    const start = program === undefined ? startContainer(engine, port, home, talk) : startProcess(program, address, home);
    await start;
    const up = await waitFor(() => answers(address), 15_000);
    if (!up)
        throw new DemoError(`The registry does not come up. ${tail(home.path('registry.log'))}`);
    talk.say(`A registry listens on ${address}.`);
    return address;
}
async function startProcess(program, address, home) {
    const port = Number(address.split(':')[1]);
    home.note({ registry: { kind: 'process', port } });
    (0,external_node_fs_.mkdirSync)(home.path('registry'), { recursive: true });
    const config = home.path('registry.yml');
    const log = ['log: {accesslog: {disabled: true}, level: warn}'];
    const storage = [`storage: {filesystem: {rootdirectory: ${JSON.stringify(home.path('registry'))}}}`];
    (0,external_node_fs_.writeFileSync)(config, ['version: 0.1', ...log, ...storage, `http: {addr: "${address}"}`, ''].join('\n'));
    // Some distributions read the environment as configuration; only what is needed is passed on.
    const env = { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' };
    const pid = background(program, ['serve', config], home.path('registry.log'), env);
    home.note({ registry: { kind: 'process', port, pid } });
}
async function startContainer(engine, port, home, talk) {
    talk.say(`Running the registry as a container (image ${IMAGE}).`);
    await rememberImage(IMAGE, engine, home);
    home.note({ registry: { kind: 'container', port } });
    const args = ['run', '-d', '--name', CONTAINER, '-p', `127.0.0.1:${String(port)}:5000`, IMAGE];
    await talk.live('starting the registry', () => must('docker', args, { env: engine.env }));
}
async function stopRegistry(home, env) {
    const { registry } = home.state;
    if (registry?.kind === 'container')
        await exec('docker', ['rm', '-f', '-v', CONTAINER], { env });
    if (registry?.pid !== undefined)
        await stop(registry.pid, home.path('registry.yml'), 5000);
    home.forget('registry');
    (0,external_node_fs_.rmSync)(home.path('registry'), { recursive: true, force: true });
}
/** An image that is about to be pulled goes again with the demo, unless it was there already. */
async function rememberImage(image, { env }, home) {
    const { code } = await exec('docker', ['image', 'inspect', image], { env });
    if (code !== 0)
        home.note({ images: [...new Set([...(home.state.images ?? []), image])] });
}
/** The usual port if it is free, so that the story's image names stay the same from run to run. */
async function freePort() {
    return (await tryPort(PORT)) ?? (await tryPort(0)) ?? PORT;
}
function tryPort(port) {
    return new Promise((resolve) => {
        const server = (0,external_node_net_.createServer)();
        server.on('error', () => resolve(undefined));
        server.listen(port, '127.0.0.1', () => {
            const address = server.address();
            server.close(() => resolve(address.port));
        });
    });
}
function answers(address) {
    return new Promise((resolve) => {
        const request = external_node_http_.get(`http://${address}/v2/`, (response) => {
            response.resume();
            resolve(response.statusCode === 200);
        });
        request.on('error', () => resolve(false));
    });
}

;// CONCATENATED MODULE: ./build/cli/demo/app.js





const APP = 'immutable-demo';
const SERVICE = `${APP}_web`;
const app_PORT = 8080;
const BUSYBOX = '/bin/busybox';
const PUBLISHED = 'busybox:1.36-musl';
/** On the sample images, so that clean-up finds them. */
const MARK = 'dev.immutable-deploy.demo';
/** The sample app: one page and a health page, served by busybox, in a Git repository of its own. */
class SampleApp {
    folder;
    #base;
    constructor(folder, base) {
        this.folder = folder;
        this.#base = base;
    }
    static async create(engine, home, talk) {
        const folder = home.path('app');
        (0,external_node_fs_.rmSync)(folder, { recursive: true, force: true });
        (0,external_node_fs_.mkdirSync)(`${folder}/www`, { recursive: true });
        const busybox = await staticBusybox(engine, home, talk);
        if (busybox !== undefined)
            (0,external_node_fs_.copyFileSync)(busybox, `${folder}/busybox`);
        // Where no static busybox can be had, the published image holds one.
        if (busybox === undefined)
            await rememberImage(PUBLISHED, engine, home);
        const base = busybox === undefined ? `FROM ${PUBLISHED}` : 'FROM scratch\nCOPY busybox /bin/busybox';
        const app = new SampleApp(folder, base);
        await app.#git('init', '-q', '-b', 'main');
        (0,external_node_fs_.writeFileSync)(`${folder}/stack.yml`, stackFile(engine.nodeId));
        return app;
    }
    /** Commits a version. Returns the commit's SHA. */
    async commit(version) {
        const write = (name, text) => (0,external_node_fs_.writeFileSync)(`${this.folder}/${name}`, text);
        write('Dockerfile', dockerfile(this.#base));
        write('www/index.html', `${page(version)}\n`);
        write('run.sh', script(version));
        (0,external_node_fs_.rmSync)(`${this.folder}/www/healthz`, { force: true });
        // v3's mistake: the health page is gone.
        if (version !== 'v3')
            write('www/healthz', 'ok\n');
        await this.#git('add', '--all');
        await this.#git('commit', '-q', '-m', MESSAGES[version]);
        return this.#git('rev-parse', 'HEAD');
    }
    #git(...args) {
        const identity = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgsign=false'];
        return must('git', [...identity, ...args], { cwd: this.folder });
    }
}
const MESSAGES = {
    v1: 'Say hello',
    v2: 'Say hello a second time',
    v3: 'Tidy up (and lose the health page)',
    v4: 'Cache everything (and fill the disk in production)',
};
function page(version) {
    return `Hello from ${version}`;
}
function dockerfile(base) {
    return `${base}
COPY run.sh /app/run.sh
COPY www /app/www
LABEL ${MARK}=yes
EXPOSE ${String(app_PORT)}
HEALTHCHECK --interval=1s --timeout=2s --retries=3 CMD ["/bin/busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:${String(app_PORT)}/"]
CMD ["/bin/busybox", "sh", "/app/run.sh"]
`;
}
/** v4's mistake shows only in production, and only after it was healthy: no test before the rollout can see it. */
function script(version) {
    const late = [
        'if [ "$APP_ENV" = production ]; then',
        '  /bin/busybox sleep 3',
        '  echo "cache: no space left after 3 seconds of production"',
        '  exit 1',
        'fi',
    ];
    return [
        "trap 'exit 0' TERM INT",
        `/bin/busybox httpd -f -p ${String(app_PORT)} -h /app/www &`,
        ...(version === 'v4' ? late : []),
        'wait $!',
        '',
    ].join('\n');
}
/** No published port and no overlay network: the story needs neither, and not every kernel has what they need. */
function stackFile(nodeId) {
    return `version: "3.8"
services:
  web:
    image: to-be-released
    environment:
      APP_ENV: production
    networks: [bridge]
    stop_grace_period: 3s
    deploy:
      replicas: 2
      placement:
        constraints: ["node.id == ${nodeId}"]
      restart_policy: { condition: any, delay: 1s }
      update_config: { order: start-first, parallelism: 0, monitor: 1s, failure_action: pause }
networks:
  bridge: { external: true }
`;
}
/** A busybox that runs without any library, for the engine's architecture. */
async function staticBusybox(engine, home, talk) {
    const here = await must('uname', ['-m']);
    if (here !== engine.architecture || process.platform !== 'linux')
        return undefined;
    try {
        if (isStatic((0,external_node_fs_.readFileSync)(BUSYBOX)))
            return BUSYBOX;
    }
    catch {
        // There is none: Debian's package has one.
    }
    return ((await unpack('busybox-static', 'bin/busybox', home, talk)) ??
        unpack('busybox-static', 'usr/bin/busybox', home, talk));
}

// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7934);
;// CONCATENATED MODULE: ./build/cli/demo/network.js
// An engine changes the machine's network: bridges, firewall rules, forwarding. It leaves them when it stops; we don't.


const BRIDGES = ['docker0', 'docker_gwbridge'];
const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const DEVICES = '/proc/net/dev';
const TOOLS = ['iptables', 'ip6tables'];
async function rememberNetwork() {
    const rules = await Promise.all(TOOLS.map(async (tool) => [tool, await savedRules(tool)]));
    return {
        forwarding: (0,external_node_fs_.existsSync)(FORWARDING) ? (0,external_node_fs_.readFileSync)(FORWARDING, 'utf8').trim() : '',
        bridges: BRIDGES.filter(isThere),
        rules: Object.fromEntries(rules),
    };
}
/** Takes back what an engine added; rules that others made in the meantime stay. */
async function restoreNetwork(before, home, busybox) {
    for (const tool of TOOLS)
        await restoreRules(tool, before.rules[tool] ?? [], home.path(`${tool}.rules`));
    for (const bridge of BRIDGES.filter((name) => isThere(name) && !before.bridges.includes(name))) {
        // A bare machine has no iproute2.
        if (which('ip') !== undefined)
            await exec('ip', ['link', 'delete', bridge]);
        else if (busybox !== undefined)
            await exec(busybox, ['ip', 'link', 'delete', bridge]);
    }
    if (before.forwarding === '0')
        (0,external_node_fs_.writeFileSync)(FORWARDING, '0\n');
}
async function restoreRules(tool, before, file) {
    const now = await savedRules(tool);
    const wanted = withoutEngine(now, before);
    if (wanted.join('\n') === now.join('\n'))
        return;
    (0,external_node_fs_.writeFileSync)(file, `${wanted.join('\n')}\n`);
    await exec(which(`${tool}-restore`) ?? `${tool}-restore`, [file]);
}
/** Pure: the rules without the engine's own, and forwarding as it was allowed before. Counters are left out of account. */
function withoutEngine(now, before) {
    const known = new Set(before.map(withoutCounters));
    const foreign = now.filter((line) => !/docker/i.test(line) || known.has(withoutCounters(line)));
    const [at, policy] = [forwardPolicy(foreign), before[forwardPolicy(before)] ?? ':FORWARD ACCEPT [0:0]'];
    return foreign.map((line, index) => (index === at ? policy : line));
}
/** Where the filter table says what becomes of forwarded packets; other tables have a chain of that name, too. */
function forwardPolicy(lines) {
    const start = lines.indexOf('*filter');
    return start < 0 ? -1 : lines.findIndex((line, index) => index > start && line.startsWith(':FORWARD '));
}
function withoutCounters(line) {
    return line.replace(/ ?\[\d+:\d+\] ?/, ' ').trim();
}
async function savedRules(tool) {
    const program = which(`${tool}-save`);
    if (program === undefined)
        return [];
    const { stdout } = await exec(program, []);
    return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
function isThere(bridge) {
    if (!(0,external_node_fs_.existsSync)(DEVICES))
        return false;
    const names = (0,external_node_fs_.readFileSync)(DEVICES, 'utf8').split('\n');
    return names.some((line) => line.trim().startsWith(`${bridge}:`));
}

;// CONCATENATED MODULE: ./build/cli/demo/engine.js






const Info = (0,dist/* object */.Ikc)({
    ServerVersion: (0,dist/* optional */.lqM)((0,dist/* string */.YjP)()),
    Architecture: (0,dist/* string */.YjP)(),
    OSType: (0,dist/* string */.YjP)(),
    LiveRestoreEnabled: (0,dist/* optional */.lqM)((0,dist/* boolean */.zMY)(), false),
    ServerErrors: (0,dist/* nullish */.cl6)((0,dist/* array */.YOg)((0,dist/* string */.YjP)())),
    Swarm: (0,dist/* object */.Ikc)({
        NodeID: (0,dist/* string */.YjP)(),
        LocalNodeState: (0,dist/* string */.YjP)(),
        ControlAvailable: (0,dist/* boolean */.zMY)(),
    }),
});
/** Uses the engine that answers, as it is; only where none does, Debian's is installed and started beside everything. */
async function findEngine(home, talk) {
    const env = await reachable(home, talk);
    home.note(env['DOCKER_HOST'] === undefined ? {} : { dockerHost: env['DOCKER_HOST'] });
    const nodeId = await swarmNode(env, home, talk);
    const { Architecture: architecture } = await info(env);
    const ours = home.state.engine?.host;
    return { env, docker: ours === undefined ? 'docker' : `docker -H ${ours}`, architecture, nodeId };
}
async function reachable(home, talk) {
    const own = home.state.engine;
    if (own && (await engine_answers(withHost(own.host))))
        return withHost(own.host);
    const answer = own ? undefined : await exec('docker', ['version', '--format', '{{.Server.Version}}']);
    if (answer?.code === 0) {
        refuseRemote();
        talk.say(`Using the Docker engine that runs here (${answer.stdout.trim()}); it is left as it was.`);
        return { ...process.env };
    }
    const said = answer?.stderr.trim().split('\n').at(-1) ?? '';
    if (/permission denied/i.test(said))
        throw new DemoError(`The Docker engine refuses this user: ${said}`);
    if (process.env['DOCKER_HOST'] && !own) {
        throw new DemoError(`DOCKER_HOST is ${process.env['DOCKER_HOST']}, but nothing answers there. Start it, or unset the variable.`);
    }
    if (!canInstall()) {
        throw new DemoError('No Docker engine answers. Start Docker and run this again; on Debian or Ubuntu, root can have the demo install one.');
    }
    return startEngine(home, talk);
}
function refuseRemote() {
    const host = process.env['DOCKER_HOST'];
    if (host === undefined || /^unix:|^tcp:\/\/(?:localhost|127\.)/.test(host))
        return;
    throw new DemoError(`The demo needs an engine on this machine, because its registry listens on loopback; DOCKER_HOST is ${host}.`);
}
/** Debian's engine, with every path of its own. */
async function startEngine(home, talk) {
    const missing = [
        ...(which('dockerd') && which('docker') ? [] : ['docker.io']),
        ...(which('iptables') ? [] : ['iptables']),
        // Not the engine's, but the story's: better to say everything at once.
        ...(which('git') ? [] : ['git']),
    ];
    if (missing.length === 0)
        talk.say('No Docker engine runs here.');
    await install(missing, home, talk);
    const dockerd = which('dockerd');
    if (!dockerd)
        throw new DemoError('The package docker.io brought no dockerd.');
    const run = socketFolder(home);
    const host = `unix://${run}/docker.sock`;
    talk.say(`Starting an engine of the demo's own: ${host}`);
    home.note({ engine: { host }, network: home.state.network ?? (await rememberNetwork()) });
    (0,external_node_fs_.mkdirSync)(run, { recursive: true, mode: 0o700 });
    const log = home.path('dockerd.log');
    const folders = ['--data-root', home.path('engine'), '--exec-root', `${run}/exec`, '--pidfile', `${run}/dockerd.pid`];
    // Root's own programs are not on every PATH, and the engine calls iptables.
    const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
    const pid = background(dockerd, ['--host', host, ...folders], log, env);
    home.note({ engine: { host, pid } });
    const up = await talk.live('starting the engine', () => waitFor(async () => !runs(pid, host) || (await engine_answers(withHost(host))), 60_000));
    if (!up || !runs(pid, host))
        throw new DemoError(`The engine does not come up; ${log} ends with:\n  ${tail(log)}`);
    return withHost(host);
}
/** A socket's path must stay below 108 characters. */
function socketFolder(home) {
    const folder = home.path('run');
    return folder.length < 80 ? folder : '/run/immutable-deploy-demo';
}
function withHost(host) {
    const env = { ...process.env, DOCKER_HOST: host };
    delete env['DOCKER_CONTEXT'];
    delete env['DOCKER_TLS_VERIFY'];
    return env;
}
async function engine_answers(env) {
    return (await exec('docker', ['version', '--format', '{{.Server.Version}}'], { env })).code === 0;
}
async function info(env) {
    return readInfo(await must('docker', ['info', '--format', '{{json .}}'], { env }));
}
function readInfo(json) {
    return (0,dist/* parse */.qgA)(Info, JSON.parse(json));
}
/** The engine's node in a Swarm that it manages; a Swarm of one node is made where there is none. */
async function swarmNode(env, home, talk) {
    const { Swarm, LiveRestoreEnabled, OSType } = await info(env);
    if (OSType !== 'linux')
        throw new DemoError(`The engine runs ${OSType} containers; the demo needs Linux ones.`);
    if (Swarm.LocalNodeState === 'active') {
        if (!Swarm.ControlAvailable) {
            throw new DemoError('This engine is a worker of a Swarm; the demo needs a manager. Run it there, or on a machine of its own.');
        }
        return Swarm.NodeID;
    }
    if (Swarm.LocalNodeState !== 'inactive') {
        throw new DemoError(`This engine's Swarm membership is ${Swarm.LocalNodeState}; the demo leaves that alone.`);
    }
    if (LiveRestoreEnabled) {
        throw new DemoError('This engine runs with live-restore, which excludes Swarm, and the demo does not change its configuration. Run it on another machine.');
    }
    talk.say('Making the engine a Swarm of one node (`npm run demo:clean` undoes it).');
    home.note({ swarm: true });
    await must('docker', ['swarm', 'init', '--advertise-addr', '127.0.0.1'], { env });
    return (await info(env)).Swarm.NodeID;
}
/**
 * Ends the membership that the demo made, and the engine that it started.
 * @param busybox brings `ip` where the machine has none
 */
async function removeEngine(home, talk, busybox) {
    const { swarm, engine, dockerHost, network } = home.state;
    const env = dockerHost === undefined ? process.env : withHost(dockerHost);
    if (swarm && (await engine_answers(env))) {
        await talk.live('leaving the Swarm', () => exec('docker', ['swarm', 'leave', '--force'], { env }));
    }
    home.forget('swarm');
    if (!engine)
        return;
    if (engine.pid !== undefined) {
        const { pid } = engine;
        await talk.live('stopping the engine', () => stop(pid, engine.host, 30_000));
    }
    if (network)
        await restoreNetwork(network, home, busybox);
    await unmount(home);
    (0,external_node_fs_.rmSync)(engine.host.slice('unix://'.length).replace(/\/docker\.sock$/, ''), { recursive: true, force: true });
    home.forget('engine', 'dockerHost', 'network');
}
/** An engine mounts its folder on itself and does not always take that back. */
async function unmount(home) {
    const folders = [home.folder, socketFolder(home)];
    const points = (0,external_node_fs_.readFileSync)('/proc/self/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' ')[1] ?? '');
    const ours = points.filter((point) => folders.some((folder) => point.startsWith(`${folder}/`)));
    for (const point of ours.reverse())
        await exec('umount', [point]);
}

;// CONCATENATED MODULE: ./build/cli/demo/clean.js





/** Removes everything that the demo made; what was there before stays. Can be repeated. */
async function clean(home, talk) {
    if (!home.exists) {
        talk.say('There is nothing to remove.');
        return;
    }
    const { dockerHost } = home.state;
    const env = dockerHost === undefined ? process.env : { ...process.env, DOCKER_HOST: dockerHost };
    await clearStage(env, talk);
    await stopRegistry(home, env);
    const { images = [] } = home.state;
    if (images.length > 0)
        await exec('docker', ['rmi', ...images], { env });
    const busybox = unpacked('busybox-static', 'bin/busybox', home) ?? unpacked('busybox-static', 'usr/bin/busybox', home);
    await removeEngine(home, talk, busybox);
    await uninstall(home, talk);
    home.remove();
    talk.say('Everything that the demo made is gone.');
}
/** The service, its containers and its images: before a story begins, and after the last one. */
async function clearStage(env, talk) {
    const service = await exec('docker', ['service', 'inspect', SERVICE], { env });
    if (service.code === 0) {
        await talk.live('removing the service', () => exec('docker', ['service', 'rm', SERVICE], { env }));
    }
    const label = `label=com.docker.swarm.service.name=${SERVICE}`;
    const containers = await lines(['ps', '-aq', '-f', label], env);
    if (containers.length > 0)
        await exec('docker', ['rm', '-f', '-v', ...containers], { env });
    const images = await lines(['images', '-q', '--no-trunc', '-f', `label=${MARK}=yes`], env);
    if (images.length > 0)
        await exec('docker', ['rmi', '-f', ...images], { env });
}
async function lines(args, env) {
    const { stdout } = await exec('docker', args, { env });
    return [...new Set(stdout.split('\n').filter((line) => line !== ''))];
}

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
;// CONCATENATED MODULE: ./build/cli/demo/state.js




/**
 * What the demo made outside its own folder. Every entry is written before the thing it stands for is made, so that
 * `demo --clean` finds it whatever happened in between.
 */
const Schema = (0,dist/* object */.Ikc)({
    /** An engine that the demo started. */
    engine: (0,dist/* optional */.lqM)((0,dist/* object */.Ikc)({ host: (0,dist/* string */.YjP)(), pid: (0,dist/* optional */.lqM)((0,dist/* number */.aig)()) })),
    /** The network before that engine came. */
    network: (0,dist/* optional */.lqM)((0,dist/* object */.Ikc)({ forwarding: (0,dist/* string */.YjP)(), bridges: (0,dist/* array */.YOg)((0,dist/* string */.YjP)()), rules: (0,dist/* record */.g1P)((0,dist/* string */.YjP)(), (0,dist/* array */.YOg)((0,dist/* string */.YjP)())) })),
    /** Whether the engine became a Swarm manager for the demo. */
    swarm: (0,dist/* optional */.lqM)((0,dist/* boolean */.zMY)()),
    /** Where the service and the images are, if not at the default place. */
    dockerHost: (0,dist/* optional */.lqM)((0,dist/* string */.YjP)()),
    registry: (0,dist/* optional */.lqM)((0,dist/* object */.Ikc)({ kind: (0,dist/* picklist */.KIO)(['process', 'container']), port: (0,dist/* number */.aig)(), pid: (0,dist/* optional */.lqM)((0,dist/* number */.aig)()) })),
    /** Images that were pulled and were not there before. */
    images: (0,dist/* optional */.lqM)((0,dist/* array */.YOg)((0,dist/* string */.YjP)())),
    /** Debian packages that were not there before. */
    packages: (0,dist/* optional */.lqM)((0,dist/* array */.YOg)((0,dist/* string */.YjP)())),
    /** /usr/sbin/policy-rc.d was written for the time of the installation. */
    policy: (0,dist/* optional */.lqM)((0,dist/* boolean */.zMY)()),
});
class Home {
    folder;
    #file;
    #state;
    constructor(env = process.env) {
        const base = env['XDG_STATE_HOME'] ?? external_node_path_.join(env['HOME'] ?? (0,external_node_os_.homedir)(), '.local', 'state');
        this.folder = external_node_path_.join(base, 'immutable-deploy-demo');
        this.#file = external_node_path_.join(this.folder, 'state.json');
        this.#state = readState(this.#file);
    }
    get state() {
        return this.#state;
    }
    get exists() {
        return (0,external_node_fs_.existsSync)(this.folder);
    }
    path(...names) {
        return external_node_path_.join(this.folder, ...names);
    }
    note(change) {
        this.#state = { ...this.#state, ...change };
        (0,external_node_fs_.mkdirSync)(this.folder, { recursive: true, mode: 0o700 });
        (0,external_node_fs_.writeFileSync)(`${this.#file}.new`, JSON.stringify(this.#state, undefined, 2));
        (0,external_node_fs_.renameSync)(`${this.#file}.new`, this.#file);
    }
    forget(...keys) {
        const left = Object.entries(this.#state).filter(([key]) => !keys.some((gone) => gone === key));
        this.#state = Object.fromEntries(left);
        this.note({});
    }
    remove() {
        (0,external_node_fs_.rmSync)(this.folder, { recursive: true, force: true });
        this.#state = {};
        try {
            // Folders that only this one was in.
            (0,external_node_fs_.rmdirSync)(external_node_path_.dirname(this.folder));
            (0,external_node_fs_.rmdirSync)(external_node_path_.dirname(external_node_path_.dirname(this.folder)));
        }
        catch {
            // Something else is in them.
        }
    }
}
function readState(file) {
    if (!(0,external_node_fs_.existsSync)(file))
        return {};
    const parsed = (0,dist/* safeParse */.xLC)(Schema, JSON.parse((0,external_node_fs_.readFileSync)(file, 'utf8')));
    return parsed.success ? parsed.output : {};
}

// EXTERNAL MODULE: ./build/domain/digest.js
var domain_digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/domain/revision.js
var domain_revision = __webpack_require__(8440);
// EXTERNAL MODULE: ./build/domain/tags.js
var tags = __webpack_require__(5112);
// EXTERNAL MODULE: ./build/reporting/text.js
var reporting_text = __webpack_require__(7054);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./build/cli/demo/actions.js




/** The folder that holds the bundles: this program's own grandparent. */
function distFolder() {
    return external_node_path_.resolve(external_node_path_.dirname(process.argv[1] ?? ''), '..');
}
/** Runs one bundle as the runner would: inputs and command files in the environment, the post step after a failure. */
async function runAction(step, dist = distFolder()) {
    const folder = external_node_path_.join(step.folder, (0,external_node_crypto_.randomUUID)());
    (0,external_node_fs_.mkdirSync)(folder, { recursive: true });
    const log = external_node_path_.join(folder, 'log.txt');
    const env = stepEnvironment(step, folder);
    const code = await stage(external_node_path_.join(dist, step.action, 'index.js'), step, env, log);
    const post = external_node_path_.join(dist, 'cleanup', 'index.js');
    if (code !== 0 && (0,external_node_fs_.existsSync)(post)) {
        const state = [...readCommandFile(external_node_path_.join(folder, 'STATE'))].map(([key, value]) => [`STATE_${key}`, value]);
        await stage(post, step, { ...env, ...Object.fromEntries(state) }, log);
    }
    return { code, outputs: readCommandFile(external_node_path_.join(folder, 'OUTPUT')), log };
}
async function stage(bundle, step, env, log) {
    const file = (0,external_node_fs_.createWriteStream)(log, { flags: 'a' });
    const onLine = (line) => {
        file.write(`${line}\n`);
        const title = /^::group::(.*)$/.exec(line)?.[1];
        if (title !== undefined)
            step.onTitle(title);
    };
    const { code } = await exec(process.execPath, [bundle], { cwd: step.cwd, env, onLine });
    await new Promise((resolve) => file.end(resolve));
    return code;
}
const FILES = ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY'];
function stepEnvironment(step, folder) {
    const outside = Object.entries(step.env).filter(([name]) => !/^(?:GITHUB_|INPUT_|STATE_|RUNNER_)/.test(name));
    const inputs = Object.entries(step.inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    const files = FILES.map((name) => [`GITHUB_${name}`, external_node_path_.join(folder, name)]);
    for (const [, file] of files)
        (0,external_node_fs_.writeFileSync)(file, '');
    const event = external_node_path_.join(folder, 'event.json');
    (0,external_node_fs_.writeFileSync)(event, '{}');
    return {
        ...Object.fromEntries(outside),
        GITHUB_ACTIONS: 'true',
        GITHUB_EVENT_NAME: 'push',
        GITHUB_EVENT_PATH: event,
        GITHUB_SHA: step.revision,
        GITHUB_WORKSPACE: step.cwd,
        GITHUB_ACTOR: 'demo',
        GITHUB_RUN_ID: String(Date.now()),
        GITHUB_RUN_ATTEMPT: '1',
        RUNNER_TEMP: folder,
        ...Object.fromEntries(files),
        ...Object.fromEntries(inputs),
    };
}
/** Reads `key=value` and `key<<DELIMITER` records, as the runner does. */
function readCommandFile(file) {
    const values = new Map();
    const lines = (0,external_node_fs_.existsSync)(file) ? (0,external_node_fs_.readFileSync)(file, 'utf8').split(/\r?\n/) : [];
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
        const [, key, delimiter] = /^([^=]*?)<<(.+)$/.exec(line) ?? [];
        if (key !== undefined && delimiter !== undefined) {
            const end = lines.indexOf(delimiter);
            values.set(key, lines.splice(0, Math.max(end, 0)).join('\n'));
            lines.shift();
        }
        else if (line.includes('=')) {
            values.set(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1));
        }
    }
    return values;
}

;// CONCATENATED MODULE: ./build/cli/demo/story.js









const ACTS = [
    {
        title: 'v1 is released: built, smoke-tested, promoted, started',
        action: 'release',
        version: 'v1',
        ends: 'healthy',
        serves: 'v1',
        moral: 'What runs is, byte for byte, what was tested.',
    },
    {
        title: 'v2 replaces it',
        action: 'release',
        version: 'v2',
        ends: 'healthy',
        serves: 'v2',
        moral: 'Nothing that ran was changed: new replicas came first, then the old ones went.',
    },
    {
        title: 'v3 is broken',
        action: 'release',
        version: 'v3',
        ends: 'failed',
        serves: 'v2',
        moral: 'The smoke test caught it before it had a tag; production never heard of it.',
    },
    {
        title: 'v4 passes every test, then dies in production',
        action: 'release',
        version: 'v4',
        ends: 'rolled-back',
        serves: 'v2',
        moral: 'The release watched its own replicas, put back exactly what ran before, and proved that too.',
    },
    {
        title: 'a person goes back to v1',
        action: 'rollback',
        ends: 'healthy',
        serves: 'v1',
        moral: 'No build, no test, no registry search by eye: the newest other version that was verified here.',
    },
];
/** Tells the acts in order. @throws DemoError as soon as one ends otherwise than told */
async function tell(stage) {
    const revisions = new Map();
    const digests = new Map();
    let head = '';
    for (const [at, act] of ACTS.entries()) {
        stage.talk.title(`Act ${String(at + 1)}: ${act.title}`);
        if (act.version) {
            head = await stage.app.commit(act.version);
            revisions.set(act.version, head);
        }
        const started = Date.now();
        const result = await play(act, head, stage);
        await judge(act, result, stage);
        if (act.version && act.ends === 'healthy')
            digests.set(act.version, result.outputs.get('digest') ?? '');
        narrate(act, result, Date.now() - started, stage.talk);
        await audit(act, revisions, digests, stage);
        await stage.talk.pause();
    }
}
function play(act, revision, { app, engine, registry, home, talk }) {
    const place = {
        image: `${registry}/${APP}/web`,
        app: APP,
        environment: 'demo',
        'deploy-to': 'swarm',
        workload: SERVICE,
        stability: '4s',
        timeout: '90s',
    };
    const inputs = act.action === 'release' ? { ...place, manifests: 'stack.yml', smoke: SMOKE } : { ...place, to: 'previous' };
    const { action } = act;
    return talk.live(act.action, (onTitle) => runAction({ action, inputs, cwd: app.folder, revision, env: engine.env, folder: home.path('logs'), onTitle }));
}
const SMOKE = `startup: { within: 30s, ready: "http GET :${String(app_PORT)}/ -> 200" }
checks:
  - http: GET :${String(app_PORT)}/healthz -> 200
  - http: { path: /, port: ${String(app_PORT)} }
    expect: { status: 200, body: ["Hello from"] }
  - stop: { within: 5s, exit: [0] }
`;
async function judge(act, { outputs, log }, { engine }) {
    const outcome = outputs.get('outcome') ?? 'nothing at all';
    if (outcome !== act.ends) {
        const end = (0,external_node_fs_.readFileSync)(log, 'utf8').trimEnd().split('\n').slice(-30).map(reporting_text/* cleanLine */.Ow).join('\n  ');
        throw new DemoError(`This act should have ended ${act.ends}, but ended ${outcome}. ${log} ends with:\n  ${end}`);
    }
    const served = await whatIsServed(engine);
    const wrong = served.filter((text) => text !== page(act.serves));
    if (served.length === 0 || wrong.length > 0) {
        throw new DemoError(`Every replica should say "${page(act.serves)}", but they say: ${served.join(', ') || 'nothing'}`);
    }
}
/** The page of every running replica, asked from inside: that needs no port and no network. */
async function whatIsServed({ env }) {
    const { stdout } = await exec('docker', ['ps', '-q', '-f', REPLICAS], { env });
    const ids = stdout.split('\n').filter((id) => id !== '');
    const asked = await Promise.all(ids.map((id) => exec('docker', ['exec', id, ...ASK], { env })));
    return asked.map((answer) => answer.stdout.trim());
}
const REPLICAS = `label=com.docker.swarm.service.name=${SERVICE}`;
const ASK = ['/bin/busybox', 'wget', '-qO-', `http://127.0.0.1:${String(app_PORT)}/`];
function narrate(act, { outputs }, ms, talk) {
    const digest = (0,domain_digest/* shortDigest */.VK)(outputs.get('digest') ?? '');
    const revision = (0,domain_revision/* shortRevision */.w)(outputs.get('revision') ?? '');
    const subject = [digest, revision && `commit ${revision}`].filter(Boolean).join(', ');
    talk.good(`${act.action}: ${act.ends} in ${(0,duration/* formatDuration */.a)(ms)}${subject ? ` (${subject})` : ''}`);
    const { custody, reason, reasonCode, state } = JSON.parse(outputs.get('result') ?? '{}');
    if (reason !== undefined)
        talk.say(`    ${reasonCode ?? ''}: ${reason}`);
    if (reason !== undefined && state !== undefined)
        talk.say(`    ${state}`);
    for (const { hop, value, evidence } of custody ?? []) {
        talk.say(`    ${hop.padEnd(8)}  ${(0,domain_digest/* shortDigest */.VK)(value).slice(0, 19).padEnd(19)}  ${evidence}`);
    }
    talk.say(`    ${act.moral}`);
}
/** Prints the commands by which the reader can see all this without us. */
async function audit(act, revisions, digests, { engine, registry, talk }) {
    talk.say('  Check it yourself:');
    const replica = `$(${engine.docker} ps -q -f ${REPLICAS} | head -1)`;
    talk.check(`${engine.docker} exec ${replica} ${ASK.join(' ')}`, page(act.serves));
    const format = "'{{.Spec.TaskTemplate.ContainerSpec.Image}}'";
    talk.check(`${engine.docker} service inspect ${SERVICE} --format ${format}`, digests.get(act.serves) ?? '');
    if (!act.version)
        return;
    const tag = (0,tags/* releaseTag */.aF)(revisions.get(act.version) ?? '');
    const list = `fetch('http://${registry}/v2/${APP}/web/tags/list').then(r => r.json())`;
    talk.check(`node -e "${list}.then(l => console.log(l.tags.includes('${tag}')))"`, String(act.version !== 'v3'));
}

// EXTERNAL MODULE: external "node:readline"
var external_node_readline_ = __webpack_require__(481);
// EXTERNAL MODULE: ./build/reporting/live-line.js
var live_line = __webpack_require__(4762);
;// CONCATENATED MODULE: ./build/cli/demo/talk.js




/** The demo's voice: lines that stay, and one line that shows what is being done right now. */
class Talk {
    #live;
    #paint;
    #keys;
    #answers;
    #doing;
    /** @param step waits for Enter after each act */
    constructor(step, env = process.env, screen = process.stdout) {
        const terminal = screen.isTTY && env['TERM'] !== 'dumb';
        const colour = terminal && !env['NO_COLOR'];
        this.#paint = (code, text) => (colour ? `\u001b[${String(code)}m${text}\u001b[0m` : text);
        this.#live = new live_line/* LiveLine */.D(screen, terminal && !env['CI'], () => this.#status());
        this.#keys = step ? (0,external_node_readline_.createInterface)({ input: process.stdin }) : undefined;
        this.#answers = this.#keys?.[Symbol.asyncIterator]();
    }
    say(text = '') {
        this.#live.print((0,reporting_text/* cleanLine */.Ow)(text));
    }
    title(text) {
        this.#live.print(`\n${this.#paint(1, (0,reporting_text/* cleanLine */.Ow)(text))}`);
    }
    good(text) {
        this.#live.print(`  ${this.#paint(32, '✓')} ${(0,reporting_text/* cleanLine */.Ow)(text)}`);
    }
    bad(text) {
        this.#live.print(`  ${this.#paint(31, '✗')} ${(0,reporting_text/* cleanLine */.Ow)(text)}`);
    }
    /** A command that the reader can run himself, and what he will see. */
    check(command, expected) {
        this.#live.print(`    ${this.#paint(36, '$')} ${command}`);
        this.#live.print(`    ${this.#paint(36, '→')} ${(0,reporting_text/* cleanLine */.Ow)(expected)}`);
    }
    /** Shows `what` while the work is done. */
    async live(what, work) {
        const doing = { what, detail: '', since: Date.now() };
        this.#doing = doing;
        if (this.#live.on)
            this.#live.show();
        else
            this.say(`  … ${what}`);
        try {
            return await work((text) => (doing.detail = (0,reporting_text/* cleanLine */.Ow)(text)));
        }
        finally {
            this.#doing = undefined;
            this.#live.hide();
        }
    }
    /** With `--step`: goes on when the reader presses Enter. */
    async pause() {
        if (!this.#answers)
            return;
        this.say('  (Enter goes on)');
        await this.#answers.next();
    }
    close() {
        this.#live.hide();
        this.#keys?.close();
    }
    #status() {
        if (!this.#doing)
            return undefined;
        const { what, detail, since } = this.#doing;
        return `${what} ${(0,duration/* formatDuration */.a)(Date.now() - since)}${detail === '' ? '' : `: ${detail}`}`;
    }
}

;// CONCATENATED MODULE: ./build/cli/demo/index.js










const HELP = `immutable-deploy demo [--step] | --clean

Four versions of a sample app on a local Swarm: released, replaced, caught by its smoke test, rolled back by itself,
and rolled back by hand. Needs Docker, or Debian/Ubuntu and root.

  --step    wait for Enter after each act
  --clean   remove everything that the demo made
`;
/** @returns the exit code: 0 when every act ended as told, 1 otherwise, 2 for wrong use */
async function demo(argv) {
    if (argv.includes('--help')) {
        process.stdout.write(HELP);
        return 0;
    }
    const unknown = argv.find((word) => word !== '--step' && word !== '--clean');
    if (unknown !== undefined) {
        process.stderr.write(`immutable-deploy demo: ${JSON.stringify(unknown)} is no option\n\n${HELP}`);
        return 2;
    }
    const talk = new Talk(argv.includes('--step'));
    try {
        const home = new Home();
        await (argv.includes('--clean') ? clean(home, talk) : show(home, talk));
        return 0;
    }
    catch (error) {
        if (!(error instanceof DemoError))
            throw error;
        talk.bad(error.message.split('\n')[0] ?? '');
        for (const line of error.message.split('\n').slice(1))
            talk.say(line);
        return 1;
    }
    finally {
        talk.close();
    }
}
async function show(home, talk) {
    talk.say('Immutable Deploy: one commit becomes one proven image, replaces what runs, and goes back.');
    talk.say();
    home.note({});
    const engine = await findEngine(home, talk);
    if (!which('git')) {
        if (!canInstall())
            throw new DemoError('git is missing: the sample app lives in a repository.');
        await install(['git'], home, talk);
    }
    await clearStage(engine.env, talk);
    const registry = await startRegistry(engine, home, talk);
    const app = await SampleApp.create(engine, home, talk);
    const started = Date.now();
    await tell({ app, engine, registry, home, talk });
    talk.say();
    talk.say(`The end, after ${(0,duration/* formatDuration */.a)(Date.now() - started)}. Everything is still there to look at:`);
    talk.say(`    ${engine.docker} service ps immutable-demo_web`);
    talk.say('`npm run demo:clean` removes it all.');
}


/***/ }),

/***/ 3213:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Bc: () => (/* binding */ isDigest),
/* harmony export */   VK: () => (/* binding */ shortDigest),
/* harmony export */   ol: () => (/* binding */ digestOf),
/* harmony export */   s: () => (/* binding */ digestIn)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);

const PATTERN = /^sha256:[0-9a-f]{64}$/;
function isDigest(text) {
    return PATTERN.test(text);
}
/** Digest of exactly these bytes. */
function digestOf(bytes) {
    return `sha256:${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(bytes).digest('hex')}`;
}
/** The digest inside what a runtime reports: `docker-pullable://repo@sha256:…`, `repo:tag@sha256:…` or the bare digest. */
function digestIn(text) {
    const match = /sha256:[0-9a-f]{64}$/.exec(text.trim());
    return match ? match[0] : undefined;
}
/** `sha256:0123456789ab`: enough for a person to compare. */
function shortDigest(digest) {
    return digest.startsWith('sha256:') ? digest.slice(0, 'sha256:'.length + 12) : digest;
}


/***/ }),

/***/ 4953:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ parseDuration),
/* harmony export */   a: () => (/* binding */ formatDuration)
/* harmony export */ });
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Parses `500ms`, `10s`, `1m30s`, `2h`, `7d`; undefined when the text is no duration (a bare number has no unit: refused, but for 0). */
function parseDuration(text) {
    const trimmed = text.trim();
    if (trimmed === '0')
        return 0;
    if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(trimmed))
        return undefined;
    let total = 0;
    for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
        total += Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
    }
    return Math.round(total);
}
/** `850ms`, `4.2s`, `3m10s`: as short as stays exact enough to read. */
function formatDuration(ms) {
    if (ms < 1000)
        return `${String(Math.round(ms))}ms`;
    if (ms < 60_000)
        return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')}s`;
    const seconds = Math.round(ms / 1000);
    const minutes = Math.floor(seconds / 60);
    const rest = seconds % 60;
    return rest === 0 ? `${String(minutes)}m` : `${String(minutes)}m${String(rest)}s`;
}


/***/ }),

/***/ 8440:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   o: () => (/* binding */ isRevision),
/* harmony export */   w: () => (/* binding */ shortRevision)
/* harmony export */ });
function isRevision(text) {
    return /^[0-9a-f]{40}$/.test(text);
}
/** The first seven digits, for people only: never used as a key. */
function shortRevision(revision) {
    return revision.slice(0, 7);
}


/***/ }),

/***/ 5112:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Gb: () => (/* binding */ candidateTag),
/* harmony export */   Hn: () => (/* binding */ environmentSlug),
/* harmony export */   QZ: () => (/* binding */ parseHistoryTag),
/* harmony export */   V_: () => (/* binding */ collidesWithOurs),
/* harmony export */   Vi: () => (/* binding */ deployedTag),
/* harmony export */   aF: () => (/* binding */ releaseTag),
/* harmony export */   ew: () => (/* binding */ badTag)
/* harmony export */ });
/** `sha-<40>[-<suffix>]`: written only after the smoke test passed; never moves. */
function releaseTag(revision, suffix) {
    return suffix ? `sha-${revision}-${suffix}` : `sha-${revision}`;
}
/** `candidate-<sha>-<run>-<attempt>`: where push by digest is impossible; proves nothing. */
function candidateTag(revision, run) {
    return `candidate-${revision}-${run.id}-${String(run.attempt)}`;
}
/** The moving tag of an environment: its slug. */
function environmentSlug(environment) {
    return environment
        .toLowerCase()
        .replace(/[^a-z0-9_.-]+/g, '-')
        .replace(/^[.-]+|[.-]+$/g, '')
        .slice(0, 64);
}
/** `deployed-<env>-<UTC>-<40>`: verified there at that time; never moves. */
function deployedTag(environment, at, revision) {
    return `deployed-${environmentSlug(environment)}-${compactUtc(at)}-${revision}`;
}
/** `bad-<env>-<UTC>-<40>`: rolled back from; skipped by `previous` until a later healthy release of the same digest. */
function badTag(environment, at, revision) {
    return `bad-${environmentSlug(environment)}-${compactUtc(at)}-${revision}`;
}
/** Reads one of our history tags of that environment back; undefined for every other tag. */
function parseHistoryTag(tag, environment) {
    const slug = environmentSlug(environment).replace(/[.]/g, '\\.');
    const match = new RegExp(`^(deployed|bad)-${slug}-(\\d{4})(\\d{2})(\\d{2})T(\\d{2})(\\d{2})(\\d{2})Z-([0-9a-f]{40})$`).exec(tag);
    if (!match)
        return undefined;
    const [, kind, year, month, day, hour, minute, second, revision] = match;
    const at = new Date(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
    return { kind: kind === 'bad' ? 'bad' : 'deployed', at, revision: revision ?? '', tag };
}
/** Names that an environment tag must not take: they would collide with ours. */
function collidesWithOurs(tag) {
    return /^(?:sha|pr|candidate|deployed|bad)-/.test(tag);
}
function compactUtc(at) {
    return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}


/***/ }),

/***/ 4762:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ LiveLine)
/* harmony export */ });
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7054);

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const CLEAR = '\r\u001b[K';
/** The one line at the bottom that is redrawn while something runs. Lines that stay are printed above it. */
class LiveLine {
    on;
    #screen;
    #status;
    #timer;
    #frame = 0;
    #drawn = false;
    /** @param status what to say now; undefined when nothing runs */
    constructor(screen, on, status) {
        this.#screen = screen;
        this.on = on;
        this.#status = status;
    }
    print(line) {
        this.#clear();
        this.#screen.write(`${line}\n`);
        if (this.#timer)
            this.#draw();
    }
    show() {
        if (!this.on || this.#timer)
            return;
        this.#timer = setInterval(() => this.#draw(), FRAME_MS);
        // Never the reason why the process lives on.
        this.#timer.unref();
        this.#draw();
    }
    hide() {
        clearInterval(this.#timer);
        this.#timer = undefined;
        this.#clear();
    }
    #draw() {
        const status = this.#status();
        if (status === undefined)
            return;
        this.#frame = (this.#frame + 1) % FRAMES.length;
        // One column stays free: a full line would wrap and could not be taken back.
        const width = Math.max(20, (this.#screen.columns ?? 80) - 3);
        this.#screen.write(`${CLEAR}${FRAMES[this.#frame] ?? ''} ${(0,_text_js__WEBPACK_IMPORTED_MODULE_0__/* .cut */ .Jj)(status, width)}`);
        this.#drawn = true;
    }
    #clear() {
        if (this.#drawn)
            this.#screen.write(CLEAR);
        this.#drawn = false;
    }
}


/***/ }),

/***/ 7054:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Jj: () => (/* binding */ cut),
/* harmony export */   Ow: () => (/* binding */ cleanLine),
/* harmony export */   U9: () => (/* binding */ count),
/* harmony export */   r7: () => (/* binding */ shellWord)
/* harmony export */ });
/* unused harmony export cleanText */
// Text from containers, registries and pull requests is hostile: it may move the cursor, hide itself or pose as ours.
const ESCAPES = /\u001b(?:\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b\n]*(?:\u001b\\)?|\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~]?)|\u009b[0-?]*[ -/]*[@-~]?/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Characters that reorder or hide what is shown around them. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** One printable line: escape sequences, control and reordering characters are gone, line breaks are spaces. */
function cleanLine(text) {
    return cleanText(text).replace(/[\n\u2028\u2029]+/g, ' ');
}
/** Printable text that keeps its line breaks and tabs. */
function cleanText(text) {
    return text.replace(ESCAPES, '').replace(/\r\n?/g, '\n').replace(CONTROLS, '').replace(INVISIBLE, '');
}
/** At most `max` characters (UTF-16 units), the last one an ellipsis when something was cut; never half a character. */
function cut(text, max) {
    if (text.length <= max)
        return text;
    const end = max - 1;
    const code = text.charCodeAt(end - 1);
    const half = code >= 0xd800 && code <= 0xdbff;
    return `${text.slice(0, half ? end - 1 : end)}…`;
}
/** `1 check`, `3 checks`. */
function count(amount, noun) {
    return `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}
/** A word as a POSIX shell reads it back: quoted only where it must be. */
function shellWord(word) {
    return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw `'\''`)}'`;
}


/***/ })

};
