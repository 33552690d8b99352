export const id = 866;
export const ids = [866];
export const modules = {

/***/ 866:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  helpFor: () => (/* reexport */ helpFor),
  iJ: () => (/* reexport */ readRelease),
  XP: () => (/* reexport */ readRollback),
  kK: () => (/* reexport */ readSmoke)
});

// UNUSED EXPORTS: readSurroundings

// EXTERNAL MODULE: ./build/config/inputs.js + 4 modules
var config_inputs = __webpack_require__(3195);
;// CONCATENATED MODULE: ./build/config/help.js

const TITLES = {
    release: 'Build the commit, smoke-test the image, promote it, and replace what runs.',
    rollback: 'Go back to a version that was verified in the environment.',
    list: 'Show the versions of an environment that can be gone back to.',
    smoke: 'Smoke-test one image that the engine knows or can pull.',
};
const GROUPS = {
    what: 'What',
    where: 'Where',
    prove: 'Proof',
    run: 'This run',
    build: 'Build (as docker/build-push-action)',
};
/** The text of `--help`, made from the table of inputs. Lines fit into 100 columns. */
function helpFor(command) {
    const inputs = (0,config_inputs/* inputsOf */.Vc)(command).filter(({ kind }) => !kind.startsWith('secret'));
    const sections = Object.entries(GROUPS).flatMap(([group, title]) => {
        const rows = inputs.filter((input) => input.group === group).map(row);
        return rows.length === 0 ? [] : [`${title}:\n${rows.join('\n')}`];
    });
    return [
        `${TITLES[command]}\n\n  immutable-deploy ${command} [--option value …]`,
        ...sections,
        `Output:\n${line('--json', 'Print the result as one JSON document.')}\n${line('--events', 'Print one JSON event a line.')}\n${line('--help', 'Print this.')}`,
        'Lists may be repeated. Secrets are no options: GITHUB_TOKEN is read from the environment,\nbuild secrets come by --secret-envs and --secret-files.\n',
    ].join('\n\n');
}
function row(input) {
    const value = input.kind === 'boolean' ? '' : ` ${input.choices?.join('|') ?? PLACEHOLDERS[input.kind] ?? 'TEXT'}`;
    const fallback = input.default ?? input.otherwise;
    const note = fallback === undefined || input.kind === 'boolean' ? '' : ` Default: ${fallback}.`;
    return line(`--${input.name}${value}`, plain(`${input.about}${note}`));
}
const PLACEHOLDERS = {
    list: 'LIST',
    lines: 'LIST',
    duration: 'DURATION',
    document: 'YAML',
};
function plain(markdown) {
    return markdown.replaceAll('`', '');
}
const INDENT = 30;
const WIDTH = 100;
function line(option, about) {
    const words = about.split(' ');
    const lines = [];
    let current = '';
    for (const word of words) {
        if (current !== '' && current.length + 1 + word.length > WIDTH - INDENT) {
            lines.push(current);
            current = word;
        }
        else {
            current = current === '' ? word : `${current} ${word}`;
        }
    }
    lines.push(current);
    const head = `  ${option}`;
    const pad = ' '.repeat(INDENT);
    const first = head.length < INDENT ? head.padEnd(INDENT) : `${head}\n${pad}`;
    return first + lines.join(`\n${pad}`);
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/domain/revision.js
var domain_revision = __webpack_require__(8440);
;// CONCATENATED MODULE: ./build/config/event.js
/** What the workflow's event says about the commit and about whose code it is. */


function eventFacts(env, readPayload) {
    const name = env['GITHUB_EVENT_NAME'] || undefined;
    const checkoutRevision = revisionIn(env['GITHUB_SHA']);
    const file = env['GITHUB_EVENT_PATH'];
    const payload = name && SUBJECTS[name] && file ? readPayload(file) : undefined;
    const subject = name === undefined ? undefined : SUBJECTS[name];
    if (!subject) {
        return { name, revision: checkoutRevision, ref: '${{ github.sha }}', checkoutRevision, foreign: undefined };
    }
    const head = at(payload, subject.head);
    return {
        name,
        revision: revisionIn(at(head, subject.sha)) ?? checkoutRevision,
        ref: `\${{ github.event.${[...subject.head, ...subject.sha].join('.')} }}`,
        checkoutRevision,
        foreign: subject.secrets ? foreignHead(payload, head, subject) : undefined,
    };
}
const PULL_REQUEST = { head: ['pull_request', 'head'], sha: ['sha'], repository: ['repo', 'full_name'] };
/** Events whose commit is not what GITHUB_SHA says. */
const SUBJECTS = {
    pull_request: { ...PULL_REQUEST, secrets: false },
    pull_request_target: { ...PULL_REQUEST, secrets: true },
    workflow_run: {
        head: ['workflow_run'],
        sha: ['head_sha'],
        repository: ['head_repository', 'full_name'],
        secrets: true,
    },
};
function foreignHead(payload, head, subject) {
    const own = at(payload, ['repository', 'full_name']);
    const its = at(head, subject.repository);
    if (typeof own === 'string' && typeof its === 'string' && own.toLowerCase() === its.toLowerCase())
        return undefined;
    return revisionIn(at(head, subject.sha)) ?? 'unknown';
}
/** Every command refuses: foreign code would be built, or its files believed, with secrets in reach. */
function refuseForeignCode(event) {
    if (event.name !== 'pull_request_target' || event.foreign === undefined)
        return;
    const whose = event.foreign === 'unknown' ? 'the event does not say whose code it is' : 'its head is in a fork';
    throw new deploy_error/* DeployError */.sH('unsafe-event', `refused on pull_request_target: ${whose}`, {
        state: 'nothing was built, pushed or changed',
    });
}
/** On workflow_run only the fork's commit itself is dangerous: the default checkout is the repository's own. */
function refuseForeignRevision(event, revision) {
    if (event.foreign === undefined || event.foreign !== revision)
        return;
    throw new deploy_error/* DeployError */.sH('unsafe-event', `refused on ${event.name ?? 'this event'}: ${revision} is a fork’s commit`, {
        fix: 'Build the default branch here, and build forks’ commits on the pull_request event, without secrets.',
        state: 'nothing was built, pushed or changed',
    });
}
const CHECK_ONLY = new Set(['pull_request', 'pull_request_target', 'merge_group']);
/** What `promote: auto` means on this event. */
function promoteByEvent(event) {
    return event.name !== undefined && CHECK_ONLY.has(event.name) ? 'none' : 'all';
}
function revisionIn(value) {
    return typeof value === 'string' && (0,domain_revision/* isRevision */.o)(value.toLowerCase()) ? value.toLowerCase() : undefined;
}
function at(value, path) {
    let here = value;
    for (const key of path)
        here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined;
    return here;
}

;// CONCATENATED MODULE: ./build/config/read.js
/**
 * The only reader of inputs, environment variables and the event file. It must stay light: the first input fault is to
 * appear in a few times the start of bare node, so no library is loaded here.
 */



function readSurroundings(io) {
    const env = io.env ?? process.env;
    const github = gitHubPlace(env);
    return {
        env,
        cwd: io.cwd ?? process.cwd(),
        run: runOf(env, github),
        event: eventFacts(env, readEventFile),
        github,
        action: io.argv === undefined,
        temp: env['RUNNER_TEMP'] ?? env['TMPDIR'],
    };
}
const PREFIX = 'INPUT_';
const KEEPS_SPACE = 'secrets';
/** The runner hands every input over as INPUT_<NAME IN UPPER CASE>; absent ones are empty. */
function readInputs(env) {
    const inputs = new Map();
    for (const [key, value] of Object.entries(env)) {
        if (!key.startsWith(PREFIX) || value === undefined || value.trim() === '')
            continue;
        const name = key.slice(PREFIX.length).toLowerCase();
        inputs.set(name, { value: name === KEEPS_SPACE ? value : value.trim(), source: 'input' });
    }
    return inputs;
}
/** For command lines, where a token must not be an argument. */
function tokenFromEnvironment(env) {
    const name = ['GITHUB_TOKEN', 'GH_TOKEN'].find((key) => env[key]);
    return name === undefined ? undefined : { value: env[name] ?? '', source: `environment ${name}` };
}
function gitHubPlace(env) {
    const repository = env['GITHUB_REPOSITORY'];
    if (!repository)
        return undefined;
    const trim = (url) => url.replace(/\/+$/, '');
    return {
        apiUrl: trim(env['GITHUB_API_URL'] ?? 'https://api.github.com'),
        serverUrl: trim(env['GITHUB_SERVER_URL'] ?? 'https://github.com'),
        repository,
    };
}
function runOf(env, github) {
    const id = env['GITHUB_RUN_ID'];
    const actor = env['GITHUB_ACTOR'] ?? env['USER'];
    const attempt = Number(env['GITHUB_RUN_ATTEMPT'] ?? 1);
    return {
        id: id ?? (0,external_node_crypto_.randomUUID)().slice(0, 8),
        attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : 1,
        ...(id && github ? { url: `${github.serverUrl}/${github.repository}/actions/runs/${id}` } : {}),
        ...(actor ? { actor } : {}),
    };
}
/** The event's payload; undefined when there is none or it cannot be read: callers then assume the worst. */
function readEventFile(file) {
    try {
        return JSON.parse((0,external_node_fs_.readFileSync)(file, 'utf8'));
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ./build/domain/digest.js
var digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/domain/image.js
var domain_image = __webpack_require__(1452);
// EXTERNAL MODULE: ./build/domain/tags.js
var domain_tags = __webpack_require__(5112);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./build/config/target.js



/** Where to deploy; undefined with `deploy-to: none`. */
function targetRequest(values, cwd, names) {
    const name = targetName(values);
    refuseOtherTargets(values, name);
    switch (name) {
        case 'swarm':
            return swarm(values, cwd, names);
        case 'kubernetes':
            return kubernetes(values, cwd, names);
        case 'none':
            return undefined;
    }
}
function targetName(values) {
    return values.choice('deploy-to') || 'none';
}
function common(values, cwd, names) {
    const workloads = values.list('workload');
    const manifests = values.list('manifests');
    if (workloads.length === 0 && manifests.length === 0) {
        values.fault('workload', `is needed with deploy-to: ${targetName(values)}: what is to be replaced`, {
            example: targetName(values) === 'swarm' ? 'web' : 'deployment/web',
        });
    }
    const twice = workloads.filter((workload, index) => workloads.indexOf(workload) !== index);
    if (twice.length > 0)
        values.fault('workload', `names ${twice.join(', ')} twice`);
    const absent = manifests.filter((file) => !(0,external_node_fs_.existsSync)(external_node_path_.resolve(cwd, file)));
    if (absent.length > 0)
        values.fault('manifests', `${absent.join(', ')}: no such file or folder`);
    return { ...names, workloads, manifests, container: values.text('container'), strategy: values.choice('strategy') };
}
function swarm(values, cwd, names) {
    const endpoint = values.foremost(['docker-host', 'docker-context']);
    const dockerHost = endpoint.includes('docker-host') ? values.text('docker-host') : undefined;
    const dockerContext = endpoint.includes('docker-context') ? values.text('docker-context') : undefined;
    const dockerCertPath = values.text('docker-cert-path');
    if (dockerHost !== undefined && !/^(?:unix|tcp|ssh):\/\/./.test(dockerHost)) {
        const guess = dockerHost.startsWith('/') ? `unix://${dockerHost}` : undefined;
        const problem = 'must begin with unix://, tcp:// or ssh://';
        values.fault('docker-host', problem, guess === undefined ? {} : { suggestion: guess });
    }
    if (endpoint.length > 1) {
        values.fault('docker-context', 'cannot be given together with docker-host: both name the endpoint');
    }
    if (dockerCertPath !== undefined && !(0,external_node_fs_.existsSync)(external_node_path_.resolve(cwd, dockerCertPath))) {
        values.fault('docker-cert-path', 'no such folder');
    }
    return { name: 'swarm', ...common(values, cwd, names), dockerHost, dockerContext, dockerCertPath };
}
const WORKLOAD = /^(?:[A-Za-z]+\/)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
function kubernetes(values, cwd, names) {
    const base = common(values, cwd, names);
    const odd = base.workloads.filter((workload) => !WORKLOAD.test(workload));
    if (odd.length > 0)
        values.fault('workload', `${odd.join(', ')}: must be a name or kind/name`);
    const activeService = values.text('active-service');
    const previewService = values.text('preview-service');
    const bake = values.duration('bake');
    const blueGreen = base.strategy === 'blue-green';
    if (blueGreen && activeService === undefined) {
        values.fault('active-service', 'is needed with strategy: blue-green: the Service whose selector is switched');
    }
    if (activeService !== undefined && activeService === previewService) {
        values.fault('preview-service', 'must be another Service than active-service');
    }
    if (!blueGreen) {
        for (const name of ['active-service', 'preview-service', 'bake']) {
            if (nearby(values, name))
                values.fault(name, 'has no effect without strategy: blue-green', { example: 'strategy: blue-green' });
        }
    }
    return {
        name: 'kubernetes',
        ...base,
        namespace: values.text('namespace'),
        kubeContext: values.text('kube-context'),
        kubectlVersion: values.text('kubectl-version'),
        activeService,
        previewService,
        bake,
    };
}
const NEEDS_A_TARGET = new Set(['workload', 'container', 'manifests', 'strategy']);
/** Inputs of a target that is not chosen. In the file's shared parts they may stand for another environment. */
function refuseOtherTargets(values, chosen) {
    // Workflows that choose the target by an expression keep its inputs where it is none.
    if (values.given('deploy-to')?.value === 'none')
        return;
    for (const input of config_inputs/* INPUTS */.mc) {
        const another = input.target !== undefined && input.target !== chosen;
        const homeless = chosen === 'none' && NEEDS_A_TARGET.has(input.name);
        if (!(another || homeless) || !nearby(values, input.name))
            continue;
        const wanted = input.target ?? 'swarm or kubernetes';
        const problem = another
            ? `belongs to deploy-to: ${wanted}, and deploy-to is ${chosen}`
            : 'has no effect: deploy-to is none';
        values.fault(input.name, problem, { example: `deploy-to: ${wanted}` });
    }
}
function nearby(values, name) {
    const from = values.given(name)?.from;
    return from === 'input' || from === 'environment';
}

;// CONCATENATED MODULE: ./build/config/app.js



/** The part that every verb has. What is faulty is reported and filled with a stand-in that nobody will see. */
function appRequest(values, around, known) {
    const repository = repositoryOf(values, around);
    const app = appName(values, known.app, repository);
    const target = targetRequest(values, around.cwd, { app, environment: known.environment ?? 'production' });
    const environment = known.environment ?? (target ? 'production' : undefined);
    const url = addressOf(values);
    const timeout = values.duration('timeout');
    const stability = values.duration('stability');
    if (timeout > 0 && stability >= timeout)
        values.fault('stability', 'must be shorter than timeout');
    return {
        repository,
        app,
        environment,
        environmentTag: environmentTag(values, environment),
        target,
        url,
        liveChecks: liveChecks(values, url, target !== undefined),
        timeout,
        stability,
        dryRun: values.flag('dry-run'),
        run: around.run,
    };
}
const STAND_IN = { registry: 'invalid', path: 'invalid', name: 'invalid' };
function repositoryOf(values, { github }) {
    const text = values.text('image');
    const usual = github ? `ghcr.io/${github.repository.toLowerCase()}` : undefined;
    if (text === undefined) {
        values.fault('image', 'is needed: the repository to release to', usual === undefined ? {} : { example: usual });
        return STAND_IN;
    }
    const repository = (0,domain_image/* parseRepository */.SU)(text);
    if (repository)
        return repository;
    const reference = (0,domain_image/* parseReference */.F2)(text);
    if (reference?.digest !== undefined) {
        values.fault('image', 'must be a repository; a digest to release goes into the digest input', {
            suggestion: reference.repository.name,
        });
    }
    else if (reference) {
        values.fault('image', 'must be a repository without tag: the tags follow from the commit', {
            suggestion: reference.repository.name,
        });
    }
    else {
        values.fault('image', 'is no image repository', usual === undefined ? {} : { example: usual });
    }
    return STAND_IN;
}
function appName(values, key, repository) {
    const name = values.text('app') ?? key ?? repository.path.split('/').at(-1) ?? '';
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name) || name.length > 63) {
        values.fault('app', 'must be letters, digits, dots, dashes and underscores, at most 63', { value: name });
    }
    return name;
}
/** `off` writes none; otherwise the given name, else the environment's slug. */
function environmentTag(values, environment) {
    const given = values.text('environment-tag');
    if (environment !== undefined && (0,domain_tags/* environmentSlug */.Hn)(environment) === '') {
        values.fault('environment', 'must hold a letter or a digit');
        return undefined;
    }
    if (given === 'off')
        return undefined;
    if (given === undefined && environment === undefined)
        return undefined;
    const tag = given ?? (0,domain_tags/* environmentSlug */.Hn)(environment ?? '');
    const own = given === undefined ? 'environment' : 'environment-tag';
    if (!(0,domain_image/* isTag */.dz)(tag)) {
        values.fault(own, 'cannot become a tag: letters, digits, dots, dashes and underscores, at most 128');
    }
    else if ((0,domain_tags/* collidesWithOurs */.V_)(tag)) {
        values.fault(own, `would make the tag ${tag}, which collides with names of ours (sha-, pr-, candidate-, deployed-, bad-)`, {
            example: 'environment-tag: env-' + tag,
        });
    }
    return tag;
}
function addressOf(values) {
    const url = values.text('url');
    // A template is complete only when its variables are known.
    if (url === undefined || url.includes('{'))
        return url;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
        const guess = `https://${url}`;
        values.fault('url', 'must be an http or https address', URL.canParse(guess) && !url.includes(':') ? { suggestion: guess } : {});
    }
    return url;
}
function liveChecks(values, url, targeted) {
    const document = values.document('live-checks');
    if (!document)
        return undefined;
    if (document.text.trim() === 'off')
        return undefined;
    if (url === undefined && targeted && values.choice('strategy') !== 'blue-green') {
        values.fault('url', 'is needed for live-checks: the address that they ask');
    }
    return document;
}

;// CONCATENATED MODULE: ./build/config/build.js


/** @param builds false with `digest`: then nothing of the disk is looked at */
function buildInputs(values, around, builds) {
    const written = values.text('context') ?? '.';
    const remote = isGitContext(written) || written.startsWith('{{defaultContext}}');
    const contextName = remote ? fillDefaultContext(values, written, around) : written;
    const context = remote ? contextName : external_node_path_.resolve(around.cwd, written);
    const file = values.text('file');
    if (builds && !remote)
        checkFiles(values, context, file, around.cwd);
    return {
        contextName,
        context,
        ...optional({
            file,
            stage: values.text('target'),
            builder: values.text('builder'),
            network: values.text('network'),
        }),
        ...optional({ provenance: values.text('provenance'), sbom: values.text('sbom'), shmSize: values.text('shm-size') }),
        ...optional({ githubToken: remote ? values.text('github-token') : undefined }),
        platforms: values.list('platforms'),
        buildArgs: values.list('build-args'),
        buildContexts: pairs(values, 'build-contexts'),
        ...secretInputs(values, around, builds),
        ssh: values.list('ssh'),
        cacheFrom: values.list('cache-from'),
        cacheTo: values.list('cache-to'),
        noCache: values.flag('no-cache'),
        noCacheFilters: values.list('no-cache-filters'),
        pull: values.flag('pull'),
        labels: labels(values),
        annotations: values.list('annotations'),
        attests: values.list('attests'),
        addHosts: values.list('add-hosts'),
        ulimit: values.list('ulimit'),
        allow: values.list('allow'),
    };
}
function isGitContext(text) {
    return /^(?:https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/.test(text);
}
function fillDefaultContext(values, written, { github, event }) {
    const place = '{{defaultContext}}';
    if (!written.startsWith(place))
        return written;
    const revision = event.checkoutRevision;
    if (!github || revision === undefined) {
        values.fault('context', 'can be the default Git context only inside a workflow');
        return written;
    }
    return `${github.serverUrl}/${github.repository}.git#${revision}${written.slice(place.length)}`;
}
function checkFiles(values, context, file, cwd) {
    if (!(0,external_node_fs_.statSync)(context, { throwIfNoEntry: false })?.isDirectory()) {
        values.fault('context', 'is no folder: check the repository out first, or name a folder of it');
        return;
    }
    if (file !== undefined && !(0,external_node_fs_.existsSync)(external_node_path_.resolve(cwd, file))) {
        const inside = external_node_path_.join(values.text('context') ?? '.', file);
        const meant = (0,external_node_fs_.existsSync)(external_node_path_.resolve(cwd, inside)) ? { suggestion: inside } : {};
        values.fault('file', 'no such file; the path starts at the working folder, not at the context', meant);
    }
    if (file === undefined && !['Dockerfile', 'dockerfile'].some((name) => (0,external_node_fs_.existsSync)(external_node_path_.join(context, name)))) {
        values.fault('file', `is needed: ${values.text('context') ?? '.'} has no Dockerfile`);
    }
}
function secretInputs(values, { env, cwd }, builds) {
    const secrets = pairs(values, 'secrets');
    const secretEnvs = pairs(values, 'secret-envs');
    const secretFiles = pairs(values, 'secret-files');
    if (builds) {
        const unset = secretEnvs.filter((pair) => env[after(pair)] === undefined).map(after);
        if (unset.length > 0)
            values.fault('secret-envs', `${unset.join(', ')}: not set in the environment of this step`);
        const absent = secretFiles.filter((pair) => !(0,external_node_fs_.existsSync)(external_node_path_.resolve(cwd, after(pair)))).map(after);
        if (absent.length > 0)
            values.fault('secret-files', `${absent.join(', ')}: no such file`);
    }
    return { secrets, secretEnvs, secretFiles };
}
/** What must never be printed: masked before the first line. */
function secretValues(build, env) {
    return [...build.secrets.map(after), ...build.secretEnvs.map((pair) => env[after(pair)] ?? '')].filter((value) => value !== '');
}
/** A pair without its value would be dropped by others with a warning, and the build would go on without it. */
function pairs(values, name) {
    const items = values.list(name);
    const bad = items.filter((item) => !/^[^=]+=./s.test(item));
    if (bad.length > 0) {
        const which = bad.map((item) => String(items.indexOf(item) + 1)).join(', ');
        values.fault(name, `entry ${which} must be ${name === 'build-contexts' ? 'name=path' : 'id=value'}`);
    }
    return items;
}
const RESERVED = 'dev.immutable-deploy.';
function labels(values) {
    const entries = values.list('labels').map((label) => [before(label), after(label)]);
    const reserved = entries.map(([key]) => key).filter((key) => key.startsWith(RESERVED));
    if (reserved.length > 0)
        values.fault('labels', `${reserved.join(', ')}: labels of that prefix are written by us`);
    return Object.fromEntries(entries);
}
function before(pair) {
    return pair.split('=', 1)[0]?.trim() ?? '';
}
function after(pair) {
    const at = pair.indexOf('=');
    return at < 0 ? '' : pair.slice(at + 1);
}
function optional(fields) {
    const known = Object.entries(fields).filter(([, value]) => value !== undefined);
    return Object.fromEntries(known);
}

;// CONCATENATED MODULE: ./build/config/inspect.js
async function inspectAll(documents, request, cwd, inspect, faults) {
    if (!inspect)
        return;
    const read = documents.filter((document) => typeof document === 'object');
    const found = await Promise.all(read.map((document) => inspect(document, request, cwd)));
    for (const fault of found.flat())
        faults.add({ ...NOTHING, ...fault });
}
const NOTHING = { value: undefined, source: undefined, example: undefined, suggestion: undefined };

;// CONCATENATED MODULE: ./build/config/list.js
class UnclosedQuote extends Error {
    /** 1-based line where the quote opens. */
    line;
    constructor(line) {
        super(`the quote that opens in line ${line} never closes`);
        this.line = line;
    }
}
/** @throws UnclosedQuote */
function parseList(text, options) {
    const items = records(text).flatMap((fields) => {
        if (options.keepCommas)
            return [fields.join(',')];
        return fields.length === 1 ? fields.join('').split(',') : fields;
    });
    const trimmed = options.keepSpace ? items : items.map((item) => item.trim());
    return trimmed.filter((item) => item.trim() !== '');
}
const RECORD_END = /^\r\n|^[\r\n]/;
function records(text) {
    const all = [];
    let fields = [];
    let at = 0;
    while (at < text.length) {
        const field = fieldAt(text, at);
        fields.push(field.value);
        at = field.end;
        if (text[at] === ',') {
            at += 1;
            if (at < text.length)
                continue;
            fields.push('');
        }
        at += RECORD_END.exec(text.slice(at, at + 2))?.[0].length ?? 0;
        all.push(fields);
        fields = [];
    }
    return all;
}
/** The field that begins at `start`; `end` is at its separator, its record's end or the text's. */
function fieldAt(text, start) {
    let value = '';
    let at = start;
    if (text[at] === '"') {
        const quoted = quotedAt(text, at);
        value = quoted.value;
        at = quoted.end;
    }
    const rest = /[,\r\n]/g;
    rest.lastIndex = at;
    const end = rest.exec(text)?.index ?? text.length;
    return { value: value + text.slice(at, end), end };
}
/** Text after the closing quote makes the quotes ordinary characters: `"a" b` is `"a" b`. */
function quotedAt(text, start) {
    let value = '';
    let at = start + 1;
    for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0)
            throw new UnclosedQuote(text.slice(0, start).split(/\r\n|[\r\n]/).length);
        value += text.slice(at, quote);
        at = quote + 1;
        const next = text[at];
        if (next === '"') {
            value += '"';
            at += 1;
        }
        else if (next === undefined || next === ',' || next === '\n' || next === '\r') {
            return { value, end: at };
        }
        else {
            return { value: `"${value}"`, end: at };
        }
    }
}

// EXTERNAL MODULE: ./build/config/refused.js
var refused = __webpack_require__(5167);
;// CONCATENATED MODULE: ./build/config/argv.js



const SWITCHES = ['json', 'events', 'help'];
/** Reads `--name value`, `--name=value` and bare booleans; lists may be repeated. Faults go to `faults`. */
function parseArgv(command, argv, faults) {
    const values = new Map();
    const switches = new Set();
    const words = [...argv];
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
        const match = /^--([^=]+)(?:=(.*))?$/s.exec(word);
        const name = match?.[1];
        if (name === undefined) {
            faults.add({ ...OPTION, name: word, problem: 'is no option', example: `--${(0,config_inputs/* inputsOf */.Vc)(command)[0]?.name ?? ''} …` });
        }
        else if (SWITCHES.some((known) => known === name)) {
            switches.add(name);
        }
        else {
            const input = (0,config_inputs/* inputOf */.wg)(command, name);
            const value = input ? argv_valueOf(input, match?.[2], words) : match?.[2];
            if (input)
                accept(values, input, value, faults);
            else
                unknownOption(command, name, value, words, faults);
        }
    }
    return { values, json: switches.has('json'), events: switches.has('events') };
}
const OPTION = { source: 'command line', value: undefined, example: undefined, suggestion: undefined };
function argv_valueOf(input, inline, words) {
    if (inline !== undefined)
        return inline;
    const next = words[0];
    if (input.kind === 'boolean')
        return next !== undefined && /^(?:true|false)$/i.test(next) ? words.shift() : 'true';
    return next === undefined || next.startsWith('--') ? undefined : words.shift();
}
function accept(values, input, value, faults) {
    const { name, example } = input;
    const source = `option --${name}`;
    const refuse = (problem, shownValue) => faults.add({ name, value: shownValue, source, problem, example: `--${name} ${example}`, suggestion: undefined });
    if (input.kind.startsWith('secret')) {
        faults.add({ ...OPTION, name, source, problem: NEVER_AN_ARGUMENT, example: secretExample(name) });
    }
    else if (value === undefined) {
        refuse('needs a value');
    }
    else if (input.kind === 'list' || input.kind === 'lines') {
        try {
            const before = values.get(name)?.value;
            const more = parseList(value, { keepCommas: input.kind === 'lines' });
            values.set(name, { value: [...(typeof before === 'object' ? before : []), ...more], source });
        }
        catch (thrown) {
            if (!(thrown instanceof UnclosedQuote))
                throw thrown;
            refuse(thrown.message, value);
        }
    }
    else if (values.has(name)) {
        refuse('is given twice', value);
    }
    else {
        values.set(name, { value, source });
    }
}
const NEVER_AN_ARGUMENT = 'cannot be an argument: every process on the machine could read it';
function secretExample(name) {
    return name === 'github-token' ? 'GITHUB_TOKEN in the environment' : '--secret-envs npm=NPM_TOKEN';
}
function unknownOption(command, name, value, words, faults) {
    if (value === undefined && words[0] !== undefined && !words[0].startsWith('--'))
        words.shift();
    const names = [...(0,config_inputs/* inputsOf */.Vc)(command).map((input) => input.name), ...SWITCHES];
    const suggestion = (0,refused/* meant */.wx)(name, names);
    faults.add({
        ...OPTION,
        name: `--${name}`,
        problem: `is no option of ${command}; --help lists them`,
        suggestion: suggestion === undefined ? undefined : `--${suggestion}`,
    });
}

// EXTERNAL MODULE: ./build/config/raw.js
var config_raw = __webpack_require__(9881);
// EXTERNAL MODULE: ./build/config/suggest.js
var suggest = __webpack_require__(5813);
;// CONCATENATED MODULE: ./build/config/choose.js
/** Which entries of the configuration file this run is about. */




const choose_NOTHING = { name: undefined, values: new Map(), environments: new Map() };
function chooseApp(file, inputs, faults) {
    if (!file)
        return choose_NOTHING;
    if (file.only)
        return { name: undefined, ...file.only };
    const given = inputs.get('app');
    const names = [...file.apps.keys()];
    const name = textOf(given) ?? byImage(file, textOf(inputs.get('image'))) ?? soleApp(names, inputs);
    const entry = name === undefined ? undefined : file.apps.get(name);
    if (entry && name !== undefined)
        return { name, ...entry };
    if (given && name !== undefined) {
        const problem = `is no app of ${file.name}, which has ${names.join(', ') || 'none'}`;
        faults.add({ ...BLANK, name: 'app', value: name, source: given.source, problem, suggestion: (0,suggest/* nearest */.p)(name, names) });
    }
    else if (!inputs.has('image')) {
        const problem = `is needed: ${file.name} has ${names.join(', ') || 'no apps'}`;
        faults.add({ ...BLANK, name: 'app', problem, example: names[0] });
    }
    return choose_NOTHING;
}
const BLANK = { value: undefined, source: undefined, example: undefined, suggestion: undefined };
function soleApp(names, inputs) {
    return names.length === 1 && !inputs.has('image') ? names[0] : undefined;
}
function byImage(file, image) {
    const wanted = image === undefined ? undefined : (0,domain_image/* parseRepository */.SU)(image);
    if (!wanted)
        return undefined;
    const same = [...file.apps].find(([, { values }]) => {
        const own = textOf(values.get('image'));
        return own !== undefined && (0,domain_image/* parseRepository */.SU)(own)?.name === wanted.name;
    });
    const last = wanted.path.split('/').at(-1) ?? '';
    return same?.[0] ?? (file.apps.has(last) ? last : undefined);
}
/**
 * Who is asked for a value, in this order; the first that knows it is believed. Below all of them stand what the event
 * says and the defaults of the inputs.
 */
function precedence(inputs, file, app, environment) {
    const entry = (entries) => entries?.get(environment ?? '') ?? NONE;
    return [
        (0,config_raw/* layer */.q)('input', inputs),
        (0,config_raw/* layer */.q)('environment', entry(app.environments)),
        (0,config_raw/* layer */.q)('environment', entry(file?.environments)),
        (0,config_raw/* layer */.q)('app', app.values),
        (0,config_raw/* layer */.q)('defaults', file?.defaults ?? NONE),
    ];
}
const NONE = new Map();
/**
 * The environment's name: as given, the file's only one, or `production` where a target is chosen without one.
 * @param values without an environment's entry
 * @param needed false where nothing reaches an environment: then none is chosen among several
 */
function chooseEnvironment(file, app, values, needed, faults) {
    const names = [...new Set([...app.environments.keys(), ...(file?.environments.keys() ?? [])])];
    refuseSameSlug(names, file, faults);
    const given = values.given('environment');
    const name = textOf(given);
    if (name !== undefined) {
        if (names.length > 0 && !names.includes(name)) {
            const problem = `is no environment of ${file?.name ?? 'the file'}, which has ${names.join(', ')}`;
            const at = { value: name, source: given?.source, suggestion: (0,suggest/* nearest */.p)(name, names) };
            faults.add({ ...at, name: 'environment', problem, example: names[0] });
        }
        return name;
    }
    const target = values.given('deploy-to')?.value;
    const targeted = target !== undefined && target !== 'none';
    if (targeted && (names.length === 0 || names.includes(PRODUCTION)))
        return PRODUCTION;
    if (target === 'none' || names.length === 0)
        return undefined;
    if (names.length === 1)
        return names[0];
    if (needed) {
        const problem = `is needed: ${file?.name ?? 'the file'} has ${names.join(', ')}`;
        faults.add({ ...BLANK, name: 'environment', problem, example: names[0] });
    }
    return undefined;
}
const PRODUCTION = 'production';
function refuseSameSlug(names, file, faults) {
    const bySlug = new Map();
    for (const name of names) {
        const slug = (0,domain_tags/* environmentSlug */.Hn)(name);
        const other = bySlug.get(slug);
        bySlug.set(slug, other ?? name);
        if (other === undefined)
            continue;
        const problem = `would share the tag ${slug} with the environment ${other}`;
        faults.add({ ...BLANK, name: `environments.${name}`, source: file?.name, problem, example: `${slug}-2` });
    }
}
function textOf(raw) {
    return typeof raw?.value === 'string' ? raw.value : undefined;
}

;// CONCATENATED MODULE: ./build/config/faults.js

/** Gathers what is wrong, so that one run shows everything. */
class Faults {
    #faults = [];
    add(fault) {
        const known = this.#faults.some(({ name, source, problem }) => name === fault.name && source === fault.source && problem === fault.problem);
        if (!known)
            this.#faults.push(withoutUndefined(fault));
    }
    get found() {
        return this.#faults;
    }
    /** @throws DeployError invalid-input with all of them */
    throwIfAny() {
        const faults = this.#faults;
        if (faults.length === 0)
            return;
        const names = [...new Set(faults.map(({ name }) => name))].join(', ');
        const what = faults.length === 1 ? `1 input is wrong: ${names}` : `${faults.length} faults in the inputs: ${names}`;
        throw new deploy_error/* DeployError */.sH('invalid-input', what, {
            faults: [...faults],
            state: 'nothing was built, pushed or changed',
        });
    }
}
function withoutUndefined(fault) {
    const entries = Object.entries(fault).filter(([, value]) => value !== undefined);
    return Object.fromEntries(entries);
}

;// CONCATENATED MODULE: ./build/config/file.js
/** The configuration file: found, read, parsed with line numbers. The YAML library loads only when there is a file. */


const DEFAULT_FILES = ['.github/immutable-deploy.yml', '.github/immutable-deploy.yaml'];
/** @returns undefined where there is no file, or none that can be read: then a fault says so */
async function loadFile(cwd, given, faults) {
    const name = typeof given?.value === 'string' ? given.value : DEFAULT_FILES.find((file) => (0,external_node_fs_.existsSync)(external_node_path_.resolve(cwd, file)));
    if (name === undefined)
        return undefined;
    let text;
    try {
        text = (0,external_node_fs_.readFileSync)(external_node_path_.resolve(cwd, name), 'utf8');
    }
    catch (thrown) {
        const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
        const problem = absent ? 'is not there' : `cannot be read: ${thrown instanceof Error ? thrown.message : 'unknown'}`;
        const source = given?.source;
        faults.add({ name: 'config', value: name, source, problem, example: DEFAULT_FILES[0], suggestion: undefined });
        return undefined;
    }
    const { parseFile } = await Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(574)]).then(__webpack_require__.bind(__webpack_require__, 574));
    return parseFile(text, name, faults);
}

// EXTERNAL MODULE: ./build/domain/duration.js
var domain_duration = __webpack_require__(4953);
;// CONCATENATED MODULE: ./build/config/values.js





/** Typed access to the values of one command: the first layer that knows a name is believed, and remembered. */
class Values {
    #command;
    #layers;
    #faults;
    #origins = new Map();
    constructor(command, layers, faults) {
        this.#command = command;
        this.#layers = layers;
        this.#faults = faults;
    }
    /** Where each value that was read came from: `input`, a file's line, `default`. */
    get origins() {
        return this.#origins;
    }
    /** The value as written, and which layer it is from; undefined where nobody wrote one. */
    given(name) {
        const fileMay = this.#row(name).file !== false;
        for (const layer of this.#layers) {
            const raw = layer.of === 'input' || fileMay ? layer.get(name) : undefined;
            if (raw && raw.value.length > 0)
                return { ...raw, from: layer.of };
        }
        return undefined;
    }
    /** Of several inputs that exclude each other those that the foremost layer with any of them gives. */
    foremost(names) {
        for (const layer of this.#layers) {
            const known = names.filter((name) => (layer.get(name)?.value.length ?? 0) > 0);
            if (known.length > 0)
                return known;
        }
        return [];
    }
    text(name) {
        return this.#parsed(name, asText);
    }
    list(name) {
        return this.#parsed(name, asList) ?? [];
    }
    flag(name) {
        return this.#parsed(name, asBoolean) ?? false;
    }
    duration(name) {
        return this.#parsed(name, asDuration) ?? 0;
    }
    choice(name) {
        // A faulty choice never leaves this room: the faults are thrown before anybody acts on it.
        return (this.#parsed(name, asChoice) ?? '');
    }
    document(name) {
        const raw = this.#raw(name);
        return raw && typeof raw.value === 'string' ? { text: raw.value, source: documentSource(name, raw) } : undefined;
    }
    /** Reports a fault of this input with its value and source. */
    fault(name, problem, more = {}) {
        const row = this.#row(name);
        const raw = this.given(name);
        const secret = row.kind.startsWith('secret');
        this.#faults.add({
            name,
            value: secret ? undefined : (more.value ?? (raw ? (0,config_raw/* shown */.S)(raw) : undefined)),
            source: raw?.source,
            problem,
            example: more.example ?? row.example,
            suggestion: more.suggestion,
        });
    }
    #row(name) {
        const row = (0,config_inputs/* inputOf */.wg)(this.#command, name) ?? config_inputs/* INPUTS */.mc.find((input) => input.name === name);
        if (!row)
            throw new Error(`no input ${name}`);
        return row;
    }
    #raw(name) {
        const given = this.given(name);
        const fallback = this.#row(name).default;
        const raw = given ?? (fallback === undefined ? undefined : { value: fallback, source: 'default' });
        if (raw)
            this.#origins.set(name, raw.source);
        return raw;
    }
    #parsed(name, parse) {
        const raw = this.#raw(name);
        if (!raw)
            return undefined;
        try {
            return parse(raw, this.#row(name));
        }
        catch (thrown) {
            if (!(thrown instanceof Misfit))
                throw thrown;
            this.fault(name, thrown.message, thrown.suggestion === undefined ? {} : { suggestion: thrown.suggestion });
            return undefined;
        }
    }
}
/** A value that its kind does not accept. */
class Misfit extends Error {
    suggestion;
    constructor(problem, suggestion) {
        super(problem);
        this.suggestion = suggestion;
    }
}
function asText({ value }) {
    if (typeof value !== 'string')
        throw new Misfit('takes one value, not a list');
    return value;
}
function asList({ value }, row) {
    if (typeof value !== 'string')
        return value;
    try {
        return parseList(value, { keepCommas: row.kind !== 'list', keepSpace: row.kind === 'secret-lines' });
    }
    catch (thrown) {
        if (thrown instanceof UnclosedQuote)
            throw new Misfit(thrown.message);
        throw thrown;
    }
}
/** YAML's core schema: `yes`, `on` and `1` are no booleans. */
function asBoolean(raw) {
    const text = asText(raw);
    if (/^(?:true|True|TRUE)$/.test(text))
        return true;
    if (/^(?:false|False|FALSE)$/.test(text))
        return false;
    throw new Misfit('is no boolean: write true or false', booleanWord(text));
}
function booleanWord(text) {
    if (/^(?:yes|y|on|1)$/i.test(text))
        return 'true';
    if (/^(?:no|n|off|0)$/i.test(text))
        return 'false';
    return (0,suggest/* nearest */.p)(text, ['true', 'false']);
}
function asDuration(raw, row) {
    const text = asText(raw);
    const duration = (0,domain_duration/* parseDuration */.E)(text);
    if (duration === 0 && row.positive)
        throw new Misfit('must be longer than nothing');
    if (duration !== undefined)
        return duration;
    const bare = /^\d+(?:\.\d+)?$/.test(text.trim());
    throw new Misfit('is no duration: a number with ms, s, m, h or d', bare ? `${text.trim()}s` : undefined);
}
function asChoice(raw, row) {
    const text = asText(raw);
    const choices = row.choices ?? [];
    if (choices.includes(text))
        return text;
    const meant = row.also?.[text.toLowerCase()] ?? (0,suggest/* nearest */.p)(text, choices);
    throw new Misfit(`must be one of ${choices.join(', ')}`, meant);
}
/** Where the document stands, without a line: its text keeps the lines of the file it is from. */
function documentSource(name, raw) {
    return raw.source === 'input' ? `input ${name}` : raw.source.replace(/:\d+$/, '');
}

;// CONCATENATED MODULE: ./build/config/reading.js








/** @throws DeployError unsafe-event */
async function reading_open(command, io) {
    const around = readSurroundings(io);
    refuseForeignCode(around.event);
    const faults = new Faults();
    const { inputs, switches } = readGiven(command, io, around, faults);
    const file = await loadFile(around.cwd, inputs.get('config'), faults);
    const app = chooseApp(file, inputs, faults);
    const environment = environmentFor(command, inputs, file, app, around, faults);
    const values = new Values(command, precedence(inputs, file, app, environment), faults);
    return { values, faults, around, switches, app, environment };
}
function readGiven(command, io, { env }, faults) {
    const token = tokenFromEnvironment(env);
    const fallback = token ? [['github-token', token]] : [];
    if (io.argv === undefined) {
        const given = readInputs(env);
        (0,refused/* refuseUnknown */.BW)(command, given, faults);
        return { inputs: new Map([...fallback, ...given]), switches: { json: false, events: false } };
    }
    const { values, ...switches } = parseArgv(command, io.argv, faults);
    return { inputs: new Map([...fallback, ...values]), switches };
}
function environmentFor(command, inputs, file, app, { event }, faults) {
    if (command === 'smoke')
        return undefined;
    // Faults of these values show up again, once, when the environment's entry is known.
    const values = new Values(command, precedence(inputs, file, app, undefined), new Faults());
    const promote = values.choice('promote');
    const stops = promote === 'none' || promote === 'release-tag';
    const needed = command !== 'release' || !(stops || promoteByEvent(event) === 'none');
    return chooseEnvironment(file, app, values, needed, faults);
}

;// CONCATENATED MODULE: ./build/config/revision.js



/** The `revision` input; a wrong one is a fault like any other. */
function givenRevision(values) {
    const text = values.text('revision')?.toLowerCase();
    if (text !== undefined && !(0,domain_revision/* isRevision */.o)(text)) {
        values.fault('revision', 'must be a full commit SHA: 40 hex digits; branches and tags can move');
    }
    return text;
}
/**
 * The commit that the context holds.
 * @throws DeployError no-revision where nobody knows it
 */
async function commitOf(context, given, around, source) {
    if (isGitContext(context))
        return { ...CERTAIN, revision: revisionOfGit(context, given), committedAt: 0 };
    const { event } = around;
    const facts = await (await source()).facts(context);
    const revision = oneOf(given, facts?.revision, event.revision);
    if (revision === undefined) {
        throw new deploy_error/* DeployError */.sH('no-revision', `${context} is in no Git work tree with a commit, and no event names one`, {
            fix: event.name === undefined ? 'Run inside a Git checkout, or give revision.' : CHECK_OUT,
            state: revision_NOTHING,
        });
    }
    const commit = { ...CERTAIN, revision, committedAt: facts?.committedAt ?? 0 };
    if (!facts || !isOfThisRepository(facts, around.github))
        return commit;
    if (given !== undefined)
        return { ...commit, doubt: given === facts.revision ? undefined : otherTree(given, facts) };
    if (event.revision === undefined || event.revision === revision)
        return commit;
    return { ...commit, eventRevision: event.revision, doubt: otherEvent(revision, event.revision, event) };
}
const CERTAIN = { eventRevision: undefined, doubt: undefined };
const CHECK_OUT = 'Add actions/checkout before this step, or set the revision input.';
const revision_NOTHING = 'nothing was built, pushed or changed';
/** Who is believed, in this order. */
function oneOf(...candidates) {
    return candidates.find((candidate) => candidate !== undefined);
}
/** A Git context is the commit that it pins: `…git#<40 hex>[:folder]`. */
function revisionOfGit(context, given) {
    const pinned = context.split('#')[1]?.split(':')[0]?.toLowerCase();
    const fixed = pinned !== undefined && (0,domain_revision/* isRevision */.o)(pinned) ? pinned : undefined;
    if (fixed === undefined || (given !== undefined && given !== fixed)) {
        const what = fixed === undefined ? 'names no commit, so nobody knows what would be built' : `pins ${fixed}, not ${given ?? ''}`;
        throw new deploy_error/* DeployError */.sH('no-revision', `the Git context ${what}`, {
            fix: `Pin it: ${context.split('#')[0] ?? ''}#${given ?? '<40 hex digits>'}`,
            state: revision_NOTHING,
        });
    }
    return fixed;
}
/** A checkout of another repository beside the workflow's own has commits of its own. */
function isOfThisRepository(facts, github) {
    if (!github || facts.url === undefined)
        return true;
    const tail = (url) => new URL(url, 'https://invalid').pathname.replace(/^\/|\.git$|\/$/g, '').toLowerCase();
    return tail(facts.url) === github.repository.toLowerCase();
}
function otherTree(given, facts) {
    return {
        text: `revision is ${(0,domain_revision/* shortRevision */.w)(given)}, but the work tree that is built is at ${(0,domain_revision/* shortRevision */.w)(facts.revision)}`,
        fix: `Check that commit out: actions/checkout with  ref: ${given}`,
    };
}
function otherEvent(revision, meant, event) {
    const merge = event.name === 'pull_request' && revision === event.checkoutRevision;
    const which = merge ? 'the merge commit of the pull request' : 'the commit that is checked out';
    const line = `ref: ${event.ref}`;
    return {
        text: `building ${(0,domain_revision/* shortRevision */.w)(revision)}, ${which}; the event ${event.name ?? ''} is about ${(0,domain_revision/* shortRevision */.w)(meant)}. To build that one give actions/checkout the line  ${line}`,
        fix: `Give actions/checkout the line  ${line}  or, if it is meant, this action  revision: ${revision}`,
    };
}
/** `policy: enforce` refuses to promote a commit that may not be the one that is meant. */
function refuseDoubt({ doubt }, policy, promote) {
    if (!doubt || policy !== 'enforce' || promote === 'none')
        return;
    throw new deploy_error/* DeployError */.sH('revision-mismatch', doubt.text, { fix: doubt.fix, state: revision_NOTHING });
}

;// CONCATENATED MODULE: ./build/config/smoke-document.js


/** The smoke checks as asked for; undefined: the ones without configuration. */
function smokeDocument(values, cwd) {
    const [name, another] = values.foremost(['smoke', 'smoke-file']);
    if (another !== undefined)
        values.fault('smoke-file', 'cannot be given together with smoke');
    return name === 'smoke-file' ? fromFile(values, cwd) : inline(values);
}
function inline(values) {
    const document = values.document('smoke');
    const word = document?.text.trim();
    if (word === 'off')
        return 'off';
    if (word === 'false' || word === 'none')
        values.fault('smoke', 'is no smoke test', { suggestion: 'off' });
    return document;
}
function fromFile(values, cwd) {
    const source = values.text('smoke-file');
    if (source === undefined)
        return undefined;
    if (source === 'off')
        return 'off';
    try {
        return { text: (0,external_node_fs_.readFileSync)(external_node_path_.resolve(cwd, source), 'utf8'), source };
    }
    catch (thrown) {
        const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
        values.fault('smoke-file', absent ? 'no such file' : 'cannot be read');
        return undefined;
    }
}

;// CONCATENATED MODULE: ./build/config/tags.js


/**
 * More tags of the release, as docker/metadata-action prints them (`repo:tag`) or bare. The release tag itself among
 * them is no news; names with a meaning of ours are refused, because a tag of that name would claim it.
 */
function extraTags(values, { repository, environmentTag }, revision, promote) {
    const tags = values.list('tags').map((text) => tagOf(text, repository));
    if (promote === 'none')
        return [];
    const foreign = tags.filter((tag) => 'foreign' in tag).map((tag) => tag.foreign);
    if (foreign.length > 0) {
        values.fault('tags', `${foreign.join(', ')}: not in ${repository.name}, the only repository that this release writes to`, {
            example: `${repository.name}:v1.4.0`,
        });
    }
    const own = tags.flatMap((tag) => ('tag' in tag ? [tag.tag] : [])).filter((tag) => tag !== `sha-${revision ?? ''}`);
    const ours = own.filter((tag) => (0,domain_tags/* collidesWithOurs */.V_)(tag) && !isShortForm(tag, revision));
    if (ours.length > 0)
        values.fault('tags', `${ours.join(', ')}: names of that form have a meaning of ours`);
    if (environmentTag !== undefined && own.includes(environmentTag)) {
        values.fault('tags', `${environmentTag} is the environment’s tag: it moves only after the verdict`);
    }
    return [...new Set(own)];
}
function tagOf(text, repository) {
    if ((0,domain_image/* isTag */.dz)(text))
        return { tag: text };
    const reference = (0,domain_image/* parseReference */.F2)(text);
    const same = reference?.repository.name === repository.name && reference.digest === undefined;
    return same && reference.tag !== undefined ? { tag: reference.tag } : { foreign: text };
}
/** `sha-1a2b3c4` of this very commit: a name that pipelines with docker/metadata-action read. */
function isShortForm(tag, revision) {
    return revision !== undefined && /^sha-[0-9a-f]{7,39}$/.test(tag) && `sha-${revision}`.startsWith(tag);
}

;// CONCATENATED MODULE: ./build/config/release.js










/**
 * Reads a release: inputs or options, the configuration file and the event.
 * @throws DeployError invalid-input (all faults at once), unsafe-event, no-revision, revision-mismatch
 */
async function readRelease(io, sourceFor, inspect) {
    const { values, faults, around, switches, app, environment } = await reading_open('release', io);
    const base = appRequest(values, around, { app: app.name, environment });
    const digest = givenDigest(values);
    const build = buildInputs(values, around, digest === undefined);
    const revision = givenRevision(values);
    const asked = choices(values, around, base);
    const githubToken = values.text('github-token');
    await inspectAll([asked.smoke, base.liveChecks], base, around.cwd, inspect, faults);
    faults.throwIfAny();
    const commit = digest === undefined
        ? await commitOf(build.context, revision, around, () => sourceFor(around, githubToken))
        : { revision, committedAt: 0, eventRevision: undefined, doubt: undefined };
    refuseForeignRevision(around.event, commit.revision);
    refuseDoubt(commit, asked.policy, asked.promote);
    const extra = extraTags(values, base, commit.revision, asked.promote);
    faults.throwIfAny();
    return {
        request: { ...base, ...asked, ...assembled(build, commit), kind: 'release', digest, extraTags: extra },
        around,
        switches,
        githubToken,
        secrets: [...secretValues(build, around.env), ...(githubToken === undefined ? [] : [githubToken])],
        notices: [...(commit.doubt ? [commit.doubt.text] : []), ...withoutEffect(values, digest)],
        origins: values.origins,
    };
}
function assembled({ contextName, ...build }, { revision, committedAt, eventRevision }) {
    return { contextName, build: { ...build, sourceDateEpoch: committedAt }, revision, eventRevision };
}
function givenDigest(values) {
    const text = values.text('digest');
    if (text === undefined || (0,digest/* isDigest */.Bc)(text))
        return text;
    const inside = /sha256:[0-9a-fA-F]{64}$/.exec(text)?.[0].toLowerCase();
    values.fault('digest', 'must be sha256: and 64 hex digits', inside === undefined ? {} : { suggestion: inside });
    return undefined;
}
function choices(values, { event, cwd }, { target }) {
    const wanted = values.choice('promote');
    const promote = wanted === 'auto' ? promoteByEvent(event) : wanted === 'release-tag' ? wanted : 'none';
    const policy = values.choice('policy');
    const smoke = smokeDocument(values, cwd) ?? 'default';
    refuseUnsmoked(values, smoke, policy, { promote, deploys: target !== undefined && promote === 'all' });
    return {
        promote,
        policy,
        smoke,
        tagSuffix: tagSuffix(values),
        onFailure: values.choice('on-failure') === 'leave' ? 'leave' : 'rollback',
        onCancel: values.choice('on-cancel'),
        onOlder: values.choice('on-older'),
        junit: values.text('junit-file'),
    };
}
/** Without smoke there is no release tag, so nothing proves what would be deployed. */
function refuseUnsmoked(values, smoke, policy, { promote, deploys }) {
    if (smoke !== 'off')
        return;
    if (promote === 'release-tag') {
        values.fault('smoke', 'off leaves nothing to do: a release tag is only written after the smoke test passed');
    }
    else if (deploys && policy === 'enforce') {
        values.fault('smoke', 'off means that the image is unproven: deploying it needs policy: warn or policy: off', {
            example: 'policy: warn',
        });
    }
}
/** `sha-<40>-` takes 45 of the 128 characters of a tag. */
const SUFFIX = /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,82}$/;
function tagSuffix(values) {
    const suffix = values.text('tag-suffix');
    if (suffix !== undefined && !SUFFIX.test(suffix)) {
        values.fault('tag-suffix', 'must be letters, digits, dots, dashes and underscores, at most 83');
    }
    return suffix;
}
/** Build inputs beside a digest are harmless, but whoever wrote them may think that something is built. */
function withoutEffect(values, digest) {
    if (digest === undefined)
        return [];
    const build = (0,config_inputs/* inputsOf */.Vc)('release').filter(({ group, name }) => group === 'build' && name !== 'context');
    const given = build.filter(({ name }) => values.given(name)?.from === 'input').map(({ name }) => name);
    return given.length === 0 ? [] : [`digest is given, so nothing is built: ${given.join(', ')} have no effect`];
}

;// CONCATENATED MODULE: ./build/config/rollback.js





/**
 * Reads a rollback, or with `command` 'list' the question which versions there are.
 * @throws DeployError invalid-input (all faults at once), unsafe-event
 */
async function readRollback(io, command = 'rollback', inspect) {
    const { values, faults, around, switches, app, environment } = await reading_open(command, io);
    const base = appRequest(values, around, { app: app.name, environment });
    const own = {
        to: destination(values),
        allowUnverified: values.flag('allow-unverified'),
        list: command === 'list' || values.flag('list'),
        onFailure: values.choice('on-failure') === 'leave' ? 'leave' : 'restore',
        reason: values.text('reason'),
    };
    const githubToken = values.text('github-token');
    if (!base.target) {
        values.fault('deploy-to', `is needed: the target to roll back, one of ${config_inputs/* TARGETS */.dW.join(', ')}`);
    }
    await inspectAll([base.liveChecks], base, around.cwd, inspect, faults);
    faults.throwIfAny();
    return {
        request: { ...base, ...own, kind: 'rollback', ...proven(base) },
        around,
        switches,
        githubToken,
        secrets: githubToken === undefined ? [] : [githubToken],
        notices: [],
        origins: values.origins,
    };
}
/** The faults are thrown before this is reached without them. */
function proven(base) {
    if (!base.target || base.environment === undefined)
        throw new Error('a rollback without target or environment');
    return { target: base.target, environment: base.environment };
}
function destination(values) {
    const text = values.text('to') ?? 'previous';
    const folded = text.toLowerCase();
    if (folded === 'previous' || (0,digest/* isDigest */.Bc)(folded) || /^[0-9a-f]{7,40}$/.test(folded))
        return folded;
    const inside = /^sha-([0-9a-f]{7,40})$/.exec(folded)?.[1] ?? /@(sha256:[0-9a-f]{64})$/.exec(folded)?.[1];
    const problem = 'must be previous, 7 to 40 hex digits of a commit, or sha256: and 64 hex digits';
    values.fault('to', problem, inside === undefined ? {} : { suggestion: inside });
    return text;
}

;// CONCATENATED MODULE: ./build/config/smoke.js


/**
 * Reads the command that smoke-tests one image by any reference that the engine knows.
 * @throws DeployError invalid-input (all faults at once), unsafe-event
 */
async function readSmoke(io) {
    const { values, faults, around, switches } = await reading_open('smoke', io);
    const reference = values.text('image') ?? '';
    if (reference === '')
        values.fault('image', 'is needed: the image to test', { example: 'app:dev' });
    const smoke = smokeDocument(values, around.cwd) ?? 'default';
    if (smoke === 'off')
        values.fault('smoke', 'off leaves nothing to do');
    const junit = values.text('junit-file');
    faults.throwIfAny();
    return {
        request: { kind: 'smoke', reference, smoke: smoke === 'off' ? 'default' : smoke, junit, run: around.run },
        around,
        switches,
        githubToken: undefined,
        secrets: [],
        notices: [],
        origins: values.origins,
    };
}

;// CONCATENATED MODULE: ./build/config/index.js
/** What the entries need: requests that are complete and valid, or one error with every fault. */







/***/ }),

/***/ 3195:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  mc: () => (/* binding */ INPUTS),
  dW: () => (/* binding */ TARGETS),
  wQ: () => (/* binding */ fileInputs),
  wg: () => (/* binding */ inputOf),
  Vc: () => (/* binding */ inputsOf)
});

;// CONCATENATED MODULE: ./build/config/inputs/types.js
const RELEASE = ['release'];
const ROLLBACK = ['rollback'];
const VERBS = ['release', 'rollback'];
const TARGETED = ['release', 'rollback', 'list'];
const ALL = ['release', 'rollback', 'list', 'smoke'];

;// CONCATENATED MODULE: ./build/config/inputs/app.js

/** What is released, how it is proven, and what belongs to one run. */
const APP_INPUTS = [
    {
        name: 'image',
        kind: 'text',
        group: 'what',
        commands: TARGETED,
        example: 'ghcr.io/acme/app',
        about: 'Repository of the image, without tag or digest. Upper case is folded.',
    },
    {
        name: 'image',
        kind: 'text',
        group: 'what',
        commands: ['smoke'],
        example: 'app:dev',
        about: 'The image to test: a tag, a digest or a local id.',
        file: false,
    },
    {
        name: 'app',
        kind: 'text',
        group: 'what',
        commands: ALL,
        otherwise: 'last part of `image`',
        example: 'web',
        about: 'Name of the app: its key in the configuration file and in the records.',
    },
    {
        name: 'digest',
        kind: 'text',
        group: 'what',
        commands: RELEASE,
        example: 'sha256:3f1c…',
        about: 'Release this digest instead of building. Smoke is skipped only when a release tag of ours names it.',
        file: false,
    },
    {
        name: 'revision',
        kind: 'text',
        group: 'what',
        commands: RELEASE,
        otherwise: 'HEAD of the context’s work tree, else the event’s commit',
        example: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
        about: 'Commit that is really built, 40 hex digits.',
        file: false,
    },
    {
        name: 'promote',
        kind: 'choice',
        group: 'what',
        commands: RELEASE,
        default: 'auto',
        choices: ['auto', 'release-tag', 'none'],
        example: 'release-tag',
        about: '`release-tag` stops after the release tag (build job of a split pipeline); `none` builds and smoke-tests only. `auto` is `none` on pull requests and merge groups.',
    },
    {
        name: 'tag-suffix',
        kind: 'text',
        group: 'what',
        commands: RELEASE,
        example: 'nightly',
        about: 'A second image of the same commit: `sha-<40>-<suffix>`.',
    },
    {
        name: 'tags',
        kind: 'list',
        group: 'what',
        commands: RELEASE,
        example: 'v1.4.0',
        about: 'More tags for the release, as docker/metadata-action prints them; written together with the release tag.',
        file: false,
    },
    {
        name: 'smoke',
        kind: 'document',
        group: 'prove',
        commands: ['release', 'smoke'],
        otherwise: 'HEALTHCHECK, else the exposed port answers, else it stays up',
        example: 'checks: [{http: "GET :8080/healthz -> 200"}]',
        about: 'Smoke checks as inline YAML. `off`: no release tag is written, and deploying needs `policy: warn` or `off`.',
    },
    {
        name: 'smoke-file',
        kind: 'text',
        group: 'prove',
        commands: ['release', 'smoke'],
        example: 'smoke.yml',
        about: 'The same in a file.',
    },
    {
        name: 'junit-file',
        kind: 'text',
        group: 'prove',
        commands: ['release', 'smoke'],
        example: 'reports/smoke.xml',
        about: 'Write the results of the smoke checks here as JUnit XML.',
    },
    {
        name: 'live-checks',
        kind: 'document',
        group: 'prove',
        commands: VERBS,
        example: 'checks: [{http: "GET /healthz -> 200"}]',
        about: 'The same check language against `url`, after the rollout.',
    },
    {
        name: 'url',
        kind: 'text',
        group: 'prove',
        commands: VERBS,
        example: 'https://app.example.com',
        about: 'Address for `live-checks`, and the environment’s URL.',
    },
    {
        name: 'timeout',
        kind: 'duration',
        group: 'prove',
        commands: VERBS,
        default: '10m',
        positive: true,
        example: '10m',
        about: 'Time for the whole rollout.',
    },
    {
        name: 'stability',
        kind: 'duration',
        group: 'prove',
        commands: VERBS,
        default: '10s',
        example: '30s',
        about: 'How long the new replicas must have been healthy, counted from when they became so.',
    },
    {
        name: 'on-failure',
        kind: 'choice',
        group: 'prove',
        commands: RELEASE,
        default: 'rollback',
        choices: ['rollback', 'leave'],
        example: 'leave',
        about: '`rollback` restores exactly what ran before this run; `leave` keeps the failed state for inspection.',
    },
    {
        name: 'on-cancel',
        kind: 'choice',
        group: 'prove',
        commands: RELEASE,
        default: 'leave',
        choices: ['leave', 'rollback'],
        example: 'rollback',
        about: 'What to do with a rollout in progress when the run is cancelled.',
    },
    {
        name: 'on-older',
        kind: 'choice',
        group: 'prove',
        commands: RELEASE,
        default: 'refuse',
        choices: ['refuse', 'skip', 'allow'],
        example: 'skip',
        about: 'What to do when the commit is an ancestor of what runs now.',
    },
    {
        name: 'policy',
        kind: 'choice',
        group: 'prove',
        commands: RELEASE,
        default: 'enforce',
        choices: ['enforce', 'warn', 'off'],
        example: 'warn',
        about: 'Immutability policy: mutable references, moved release tags, a dirty tree, a commit the event did not name.',
    },
    {
        name: 'to',
        kind: 'text',
        group: 'what',
        commands: ROLLBACK,
        default: 'previous',
        example: 'previous',
        about: 'Where to go back to: `previous`, a commit SHA of 7 to 40 hex digits, or a digest.',
        file: false,
    },
    {
        name: 'allow-unverified',
        kind: 'boolean',
        group: 'prove',
        commands: ROLLBACK,
        default: 'false',
        example: 'true',
        about: 'Accept a version that was never healthy in this environment.',
        file: false,
    },
    {
        name: 'list',
        kind: 'boolean',
        group: 'run',
        commands: ROLLBACK,
        default: 'false',
        example: 'true',
        about: 'Only show the versions that can be gone back to.',
        file: false,
    },
    {
        name: 'on-failure',
        kind: 'choice',
        group: 'prove',
        commands: ROLLBACK,
        default: 'restore',
        choices: ['restore', 'leave'],
        example: 'leave',
        about: 'What to do if the older version fails too.',
        file: false,
    },
    {
        name: 'reason',
        kind: 'text',
        group: 'run',
        commands: ROLLBACK,
        example: 'checkout fails for new customers',
        about: 'Free text for the record.',
        file: false,
    },
    {
        name: 'config',
        kind: 'text',
        group: 'run',
        commands: ALL,
        otherwise: '`.github/immutable-deploy.yml` if it is there',
        example: 'deploy/config.yml',
        about: 'Configuration file for several apps and environments.',
        file: false,
    },
    {
        name: 'dry-run',
        kind: 'boolean',
        group: 'run',
        commands: VERBS,
        default: 'false',
        example: 'true',
        about: 'Print the plan and change nothing.',
        file: false,
    },
    {
        name: 'github-token',
        kind: 'secret',
        group: 'run',
        commands: TARGETED,
        otherwise: '`${{ github.token }}`',
        example: '${{ github.token }}',
        about: 'For ghcr.io without a login and for questions to the GitHub API. The deploy never depends on it.',
        file: false,
    },
];

;// CONCATENATED MODULE: ./build/config/inputs/build.js

/** Build inputs: names and parsing of docker/build-push-action. */
const BUILD_INPUTS = [
    build('context', 'text', 'app', 'Build context: a folder of the checkout, or a Git URL with a commit.', {
        default: '.',
    }),
    build('file', 'text', 'app/Dockerfile', 'Path of the Dockerfile.', { otherwise: '`Dockerfile` in the context' }),
    build('target', 'text', 'runtime', 'Stage of the Dockerfile to build.'),
    build('platforms', 'list', 'linux/amd64,linux/arm64', 'Platforms to build for.', { otherwise: 'the builder’s own' }),
    build('build-args', 'lines', 'NODE_VERSION=24', 'Build-time variables, one `NAME=value` a line.'),
    build('build-contexts', 'lines', 'assets=../assets', 'More named contexts, one `name=path` a line.'),
    build('secrets', 'secret-lines', 'npm=${{ secrets.NPM_TOKEN }}', 'Build secrets, one `id=value` a line; quote values of several lines.', { file: false }),
    build('secret-envs', 'list', 'npm=NPM_TOKEN', 'Build secrets from the environment, `id=VARIABLE`.'),
    build('secret-files', 'lines', 'npmrc=./.npmrc', 'Build secrets from files, `id=path`.'),
    build('ssh', 'list', 'default', 'SSH agent sockets or keys for the build.'),
    build('cache-from', 'lines', 'type=gha', 'Sources of the build cache.'),
    build('cache-to', 'lines', 'type=gha,mode=max', 'Where the build cache goes.'),
    build('no-cache', 'boolean', 'true', 'Build without the cache.', { default: 'false' }),
    build('no-cache-filters', 'list', 'deps', 'Stages to build without the cache.'),
    build('pull', 'boolean', 'true', 'Always ask the registry for newer base images.', { default: 'false' }),
    build('labels', 'lines', 'com.example.team=shop', 'More labels for the image; docker/metadata-action’s output fits.'),
    build('annotations', 'lines', 'manifest:com.example.team=shop', 'Annotations for the image; docker/metadata-action’s output fits.'),
    build('provenance', 'text', 'mode=max', 'Provenance attestation: a boolean or buildx’s options.'),
    build('sbom', 'text', 'true', 'SBOM attestation: a boolean or buildx’s options.'),
    build('attests', 'lines', 'type=sbom,generator=…', 'Attestations in buildx’s full form.'),
    build('builder', 'text', 'builder-1', 'Buildx builder to use.', { otherwise: 'the current one' }),
    build('network', 'text', 'host', 'Network of RUN steps.'),
    build('add-hosts', 'list', 'db:10.0.0.5', 'More lines for /etc/hosts while building.'),
    build('shm-size', 'text', '2g', 'Size of /dev/shm while building.'),
    build('ulimit', 'lines', 'nofile=1024:4096', 'Limits while building.'),
    build('allow', 'list', 'network.host', 'Entitlements for the build.'),
];
function build(name, kind, example, about, more = {}) {
    return { name, kind, group: 'build', commands: RELEASE, example, about, ...more };
}

;// CONCATENATED MODULE: ./build/config/inputs/target.js

/** Where the image runs. */
const TARGET_INPUTS = [
    {
        name: 'deploy-to',
        kind: 'choice',
        group: 'where',
        commands: TARGETED,
        default: 'none',
        choices: ['none', 'swarm', 'kubernetes'],
        also: { k8s: 'kubernetes', kube: 'kubernetes', 'docker-swarm': 'swarm' },
        example: 'kubernetes',
        about: 'The target whose workloads are replaced.',
    },
    {
        name: 'environment',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        otherwise: '`production` if `deploy-to` is set, else none',
        example: 'staging',
        about: 'Environment: its name in the records and its tag in the registry.',
    },
    {
        name: 'environment-tag',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        otherwise: '`environment` as a tag',
        example: 'production',
        about: 'Another name for the environment’s moving tag, or `off`. It moves only after the verdict.',
    },
    {
        name: 'workload',
        kind: 'list',
        group: 'where',
        commands: TARGETED,
        example: 'deployment/web',
        about: 'What is replaced. Swarm: service names; Kubernetes: `deployment/web` (`web` is a deployment). They stand or fall together.',
    },
    {
        name: 'container',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        otherwise: 'the only one, else the one that runs `image`',
        example: 'app',
        about: 'Container inside the workload.',
    },
    {
        name: 'manifests',
        kind: 'list',
        group: 'where',
        commands: RELEASE,
        example: 'deploy/stack.yml',
        about: 'What to create or apply with the image put in: Kubernetes files or folders, or a Swarm stack file.',
    },
    {
        name: 'strategy',
        kind: 'choice',
        group: 'where',
        commands: TARGETED,
        default: 'rolling',
        choices: ['rolling', 'blue-green'],
        example: 'blue-green',
        about: 'How the workload is replaced.',
    },
    {
        name: 'docker-host',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        example: 'ssh://deploy@swarm.example.com',
        about: 'Endpoint of the Swarm manager (`unix://`, `tcp://`, `ssh://`). Build and smoke stay on the runner’s engine.',
        target: 'swarm',
    },
    {
        name: 'docker-context',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        example: 'production',
        about: 'Docker context of the Swarm manager, instead of `docker-host`.',
        target: 'swarm',
    },
    {
        name: 'docker-cert-path',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        example: '${{ runner.temp }}/certs',
        about: 'Folder with `ca.pem`, `cert.pem` and `key.pem` for a `tcp://` endpoint with TLS.',
        target: 'swarm',
    },
    {
        name: 'namespace',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        otherwise: 'the kubeconfig’s',
        example: 'shop',
        about: 'Kubernetes namespace of the workloads.',
        target: 'kubernetes',
    },
    {
        name: 'kube-context',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        otherwise: 'the kubeconfig’s',
        example: 'prod-eu',
        about: 'Context of the kubeconfig.',
        target: 'kubernetes',
    },
    {
        name: 'kubectl-version',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        otherwise: 'the machine’s',
        example: 'v1.33.1',
        about: 'kubectl to download, checksum verified, where the machine has none.',
        target: 'kubernetes',
    },
    {
        name: 'active-service',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        example: 'web',
        about: 'Blue-green: the Service whose selector is switched.',
        target: 'kubernetes',
    },
    {
        name: 'preview-service',
        kind: 'text',
        group: 'where',
        commands: TARGETED,
        otherwise: 'made and removed by us',
        example: 'web-preview',
        about: 'Blue-green: the Service that shows green before the switch.',
        target: 'kubernetes',
    },
    {
        name: 'bake',
        kind: 'duration',
        group: 'where',
        commands: VERBS,
        default: '0s',
        example: '5m',
        about: 'Blue-green: how long blue stays at full size after the switch.',
        target: 'kubernetes',
    },
];

;// CONCATENATED MODULE: ./build/config/inputs.js
/**
 * The one table of inputs. action.yml, the README's tables, the file's JSON Schema, `--help` and the parser are all
 * made from it, so they cannot disagree.
 */



const ROWS = [...APP_INPUTS, ...TARGET_INPUTS, ...BUILD_INPUTS];
const INPUTS = ROWS;
/** Targets that this version has. */
const TARGETS = ['swarm', 'kubernetes'];
function inputsOf(command) {
    return INPUTS.filter((input) => input.commands.includes(command));
}
function inputOf(command, name) {
    return INPUTS.find((input) => input.name === name && input.commands.includes(command));
}
/** Keys of the configuration file. */
function fileInputs() {
    return INPUTS.filter((input) => input.file !== false);
}


/***/ }),

/***/ 9881:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ shown),
/* harmony export */   q: () => (/* binding */ layer)
/* harmony export */ });
function layer(of, values) {
    return { of, get: (name) => values.get(name) };
}
/** For messages: the text, cut. */
function shown(raw) {
    const text = (typeof raw.value === 'string' ? raw.value : raw.value.join(', ')).trim();
    const line = text.split('\n').length > 1 ? `${text.split('\n')[0] ?? ''} …` : text;
    return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}


/***/ }),

/***/ 5167:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   BW: () => (/* binding */ refuseUnknown),
/* harmony export */   WE: () => (/* binding */ explain),
/* harmony export */   wx: () => (/* binding */ meant)
/* harmony export */ });
/* harmony import */ var _inputs_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3195);
/* harmony import */ var _raw_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9881);
/* harmony import */ var _suggest_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5813);



/** Names that people bring from other actions: why they are none here, and what to write instead. */
const FROM_ELSEWHERE = {
    push: {
        problem: 'is no input: what is pushed follows from promote, and the release tag only after the smoke test passed',
        example: 'promote: none (instead of push: false)',
    },
    load: {
        problem: 'is no input: the image is loaded into the engine wherever the smoke test needs it',
        example: 'promote: none (build into the engine, smoke-test, push nothing)',
    },
    outputs: {
        problem: 'is no input: the image that is smoke-tested must be the one that is promoted, so there is one way out',
        example: 'image: ghcr.io/acme/app',
    },
    call: {
        problem: 'is no input: this action always builds; linting a Dockerfile is docker/build-push-action’s call: check',
        example: 'promote: none (build and smoke-test only)',
    },
};
const NOT_IN_THIS_VERSION = {
    cluster: 'ecs',
    'early-stop': 'ecs',
    'pause-stage': 'ecs',
    mode: 'preview',
    ttl: 'preview',
    label: 'preview',
    comment: 'preview',
};
/** Other people's words for inputs of ours. */
const FAMILIAR = {
    dockerfile: 'file',
    service: 'workload',
    services: 'workload',
    deployment: 'workload',
    repository: 'image',
    sha: 'revision',
    ref: 'revision',
    stage: 'target',
    wait: 'timeout',
};
/** The name that was probably meant, of those that are allowed. */
function meant(name, allowed) {
    const familiar = FAMILIAR[name.toLowerCase()];
    return familiar !== undefined && allowed.includes(familiar) ? familiar : (0,_suggest_js__WEBPACK_IMPORTED_MODULE_1__/* .nearest */ .p)(name, allowed);
}
/** Faults for everything that was written and is no input of this command. */
function refuseUnknown(command, given, faults) {
    for (const [name, raw] of given) {
        if ((0,_inputs_js__WEBPACK_IMPORTED_MODULE_0__/* .inputOf */ .wg)(command, name))
            continue;
        const why = explain(command, name);
        const value = maySecret(name) || maySecret(why.suggestion ?? '') ? undefined : (0,_raw_js__WEBPACK_IMPORTED_MODULE_2__/* .shown */ .S)(raw);
        faults.add({ name, value, source: raw.source, ...why });
    }
}
/** Why a name is no input or key here. */
function explain(command, name) {
    const elsewhere = FROM_ELSEWHERE[name];
    if (elsewhere && command === 'release')
        return { ...elsewhere, suggestion: undefined };
    const other = _inputs_js__WEBPACK_IMPORTED_MODULE_0__/* .INPUTS */ .mc.find((input) => input.name === name);
    if (other)
        return { problem: `is an input of ${other.commands[0] ?? 'another command'}, not of ${command}`, ...NO_MORE };
    const later = NOT_IN_THIS_VERSION[name];
    if (later === 'ecs') {
        return { problem: `belongs to the target ecs; this version has ${_inputs_js__WEBPACK_IMPORTED_MODULE_0__/* .TARGETS */ .dW.join(' and ')}`, ...NO_MORE };
    }
    if (later)
        return { problem: `belongs to the ${later} action, not to ${command}`, ...NO_MORE };
    const names = (0,_inputs_js__WEBPACK_IMPORTED_MODULE_0__/* .inputsOf */ .Vc)(command).map((input) => input.name);
    return { problem: `is no input of ${command}`, example: undefined, suggestion: meant(name, names) };
}
const NO_MORE = { example: undefined, suggestion: undefined };
/** An unknown name may hold a secret that belongs under another: only values of harmless names are repeated. */
function maySecret(name) {
    return /token|secret|passw|key|credential|auth/i.test(name);
}


/***/ }),

/***/ 5813:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   p: () => (/* binding */ nearest)
/* harmony export */ });
/* unused harmony export editDistance */
/** The candidate that was probably meant; undefined when none is near. */
function nearest(text, candidates) {
    const word = text.toLowerCase();
    const allowed = word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3;
    let best;
    for (const candidate of candidates) {
        const distance = editDistance(word, candidate.toLowerCase());
        if (distance <= allowed && distance < (best?.distance ?? Infinity))
            best = { candidate, distance };
    }
    return best?.candidate ?? variant(word, candidates) ?? longer(word, candidates);
}
/** `deployTo`, `deploy_to` and `deploy to` all mean `deploy-to`; a plural or singular is near too. */
function variant(word, candidates) {
    const bare = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
    return candidates.find((candidate) => bare(candidate) === bare(word));
}
/** `env` means `environment`: the shortest name that begins so. */
function longer(word, candidates) {
    const longer = candidates.filter((candidate) => word.length >= 3 && candidate.startsWith(word));
    return longer.toSorted((one, two) => one.length - two.length)[0];
}
/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function editDistance(from, to) {
    let beforeLast = [];
    let last = Array.from({ length: to.length + 1 }, (_, index) => index);
    for (let row = 1; row <= from.length; row += 1) {
        const current = [row];
        for (let column = 1; column <= to.length; column += 1) {
            const same = from[row - 1] === to[column - 1];
            const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
            current[column] = Math.min((current[column - 1] ?? 0) + 1, (last[column] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1), swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity);
        }
        beforeLast = last;
        last = current;
    }
    return last[to.length] ?? 0;
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

/***/ 1452:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F2: () => (/* binding */ parseReference),
/* harmony export */   SU: () => (/* binding */ parseRepository),
/* harmony export */   dp: () => (/* binding */ pinned),
/* harmony export */   dz: () => (/* binding */ isTag)
/* harmony export */ });
/* harmony import */ var _digest_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3213);

/** `repo@sha256:…` */
function pinned(image) {
    return `${image.repository.name}@${image.digest}`;
}
const DOCKER_HUB = 'registry-1.docker.io';
const HUB_ALIASES = new Set(['docker.io', 'index.docker.io', DOCKER_HUB]);
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]+)?$/i;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
function isTag(text) {
    return TAG.test(text);
}
/**
 * Parses `host:port/path:tag@digest` by the rules of the distribution reference grammar; upper case is folded.
 * Returns undefined when the text is no reference.
 */
function parseReference(text) {
    let rest = text.trim();
    let digest;
    const at = rest.indexOf('@');
    if (at >= 0) {
        const candidate = rest.slice(at + 1);
        if (!(0,_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(candidate))
            return undefined;
        digest = candidate;
        rest = rest.slice(0, at);
    }
    let tag;
    const colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
        tag = rest.slice(colon + 1);
        rest = rest.slice(0, colon);
        if (!isTag(tag))
            return undefined;
    }
    const repository = repositoryOf(rest);
    if (!repository)
        return undefined;
    return { repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}
/** Parses a repository name without tag or digest; undefined when it is none or carries one. */
function parseRepository(text) {
    const reference = parseReference(text);
    return reference && reference.tag === undefined && reference.digest === undefined ? reference.repository : undefined;
}
function repositoryOf(text) {
    const slash = text.indexOf('/');
    const first = slash < 0 ? '' : text.slice(0, slash);
    const hasHost = first === 'localhost' || first.includes('.') || first.includes(':');
    const host = hasHost && HOST.test(first) ? first.toLowerCase() : 'docker.io';
    let path = (hasHost ? text.slice(slash + 1) : text).toLowerCase();
    if (hasHost && !HOST.test(first))
        return undefined;
    if (!path.split('/').every((part) => COMPONENT.test(part)) || path.length > 255)
        return undefined;
    if (!HUB_ALIASES.has(host))
        return { registry: host, path, name: `${host}/${path}` };
    const name = path.replace(/^library\//, '');
    if (!path.includes('/'))
        path = `library/${path}`;
    return { registry: DOCKER_HUB, path, name };
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


/***/ })

};
