export const id = 928;
export const ids = [928];
export const modules = {

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


/***/ }),

/***/ 4928:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createSwarmTarget: () => (/* binding */ createSwarmTarget)
});

// EXTERNAL MODULE: ./build/domain/labels.js
var domain_labels = __webpack_require__(3802);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/domain/image.js
var domain_image = __webpack_require__(1452);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7934);
// EXTERNAL MODULE: ./build/domain/digest.js
var domain_digest = __webpack_require__(3213);
;// CONCATENATED MODULE: ./build/targets/swarm/spec.js
/** Pure rules over service specs: what a release changes in them, and nothing else. */



function imageOf(spec) {
    return spec.TaskTemplate.ContainerSpec?.Image ?? '';
}
/** `repo:tag@sha256:…`: the tag is for people, the digest decides. */
function imageText(image) {
    return `${image.repository.name}${image.tag === undefined ? '' : `:${image.tag}`}@${image.digest}`;
}
function withImageText(spec, image) {
    const container = { ...spec.TaskTemplate.ContainerSpec, Image: image };
    return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: container } };
}
/** The spec with the image, the stamp (service labels only: container labels would replace tasks) and safe update rules. */
function released(spec, image, stamp) {
    return {
        ...withImageText(spec, imageText(image)),
        Labels: stamped(spec.Labels ?? {}, stamp),
        UpdateConfig: updateConfig(spec),
    };
}
/** Services of the same stack that are no workloads carry only who made them. */
function madeBy(spec, run) {
    return { ...spec, Labels: { ...spec.Labels, [domain_labels/* LABEL */.d_.run]: run } };
}
function stamped(labels, stamp) {
    return {
        ...without(labels, domain_labels/* LABEL */.d_.revision),
        [domain_labels/* LABEL */.d_.app]: stamp.app,
        [domain_labels/* LABEL */.d_.environment]: stamp.environment,
        [domain_labels/* LABEL */.d_.digest]: stamp.digest,
        [domain_labels/* LABEL */.d_.run]: (0,domain_labels/* runKey */.r7)(stamp.run),
        ...(stamp.revision === undefined ? {} : { [domain_labels/* LABEL */.d_.revision]: stamp.revision }),
    };
}
/**
 * Start-first, and the engine goes back by itself where it would only stop: that protects the service when this
 * process dies. Parallelism, delay, monitor and an explicit `continue` stay as the service has them.
 */
function updateConfig(spec) {
    const own = spec.UpdateConfig ?? {};
    const action = own.FailureAction ?? 'pause';
    return {
        ...own,
        // 0 means "all at once" to the engine; without a configuration it updates one by one.
        Parallelism: own.Parallelism ?? (spec.UpdateConfig ? 0 : 1),
        FailureAction: action === '' || action === 'pause' ? 'rollback' : action,
        Order: publishesOnHost(spec) ? (own.Order ?? 'stop-first') : 'start-first',
    };
}
/** Two tasks on one node cannot hold the same host port, so the new one cannot start before the old one stops. */
function publishesOnHost(spec) {
    return (spec.EndpointSpec?.Ports ?? []).some((port) => port.PublishMode === 'host');
}
/** The spec as it was seen, pinned to the digest that ran then: a tag could have moved since. */
function pinnedTo(seen) {
    const image = imageOf(seen.spec);
    if (seen.ran === undefined || (0,domain_digest/* digestIn */.s)(image) !== undefined)
        return seen.spec;
    // An image that came from no registry has only its id, by which its own node finds it.
    return withImageText(seen.spec, seen.local === true ? seen.ran : `${image}@${seen.ran}`);
}
function runOf(spec) {
    return spec.Labels?.[domain_labels/* LABEL */.d_.run];
}
/** `run 123-1`, where its stamp still fits the image; for messages. */
function writerOf(spec) {
    const run = runOf(spec);
    return run !== undefined && isWrittenBy(spec, run) ? `run ${run}` : 'something that is no release of ours';
}
/** Whether what stands there is what that run wrote: other tools change the image and leave our labels as they are. */
function isWrittenBy(spec, run) {
    return runOf(spec) === run && spec.Labels?.[domain_labels/* LABEL */.d_.digest] === (0,domain_digest/* digestIn */.s)(imageOf(spec));
}
/** The revision that the stamp names, only while the stamp's digest is what runs. */
function stampedRevision(spec, digests) {
    const digest = spec.Labels?.[domain_labels/* LABEL */.d_.digest];
    if (digest === undefined || digests.length !== 1)
        return undefined;
    // A platform manifest or config may run where the stamp names the index: the spec's pin decides then.
    return digests[0] === digest || (0,domain_digest/* digestIn */.s)(imageOf(spec)) === digest ? spec.Labels?.[domain_labels/* LABEL */.d_.revision] : undefined;
}
/** Equal but for the order of keys; what is undefined is absent. */
function same(a, b) {
    if (a === b)
        return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
        return false;
    if (Array.isArray(a) !== Array.isArray(b))
        return false;
    const left = definedEntries(a);
    const right = new Map(definedEntries(b));
    return left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)));
}
function definedEntries(value) {
    return Object.entries(value).filter(([, item]) => item !== undefined);
}
/** Whether a task was made from this spec. Tasks carry no runtime field, and moving constraints alone replaces none. */
function isUpToDate(task, spec) {
    if (task.Spec.ContainerSpec?.Image !== imageOf(spec))
        return false;
    return same(comparable(task.Spec), comparable(spec.TaskTemplate));
}
function comparable(template) {
    return without(template, 'Runtime', 'Placement');
}
function without(record, ...keys) {
    return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
const isVersion = dist/* looseObject */._H3({
    digest: dist/* custom */.IeY((value) => typeof value === 'string' && (0,domain_digest/* isDigest */.Bc)(value)),
    at: dist/* string */.YjP(),
});
const HistorySchema = dist/* object */.Ikc({
    verified: dist/* fallback */.NpB(dist/* array */.YOg(isVersion), []),
    bad: dist/* fallback */.NpB(dist/* array */.YOg(isVersion), []),
});
/** The history in the service's labels; empty when there is none or it is not readable. */
function historyOf(spec) {
    const text = spec.Labels?.[domain_labels/* LABEL */.d_.history];
    if (text === undefined)
        return domain_labels/* EMPTY_HISTORY */.nF;
    try {
        const parsed = dist/* safeParse */.xLC(HistorySchema, JSON.parse(text));
        return parsed.success ? parsed.output : domain_labels/* EMPTY_HISTORY */.nF;
    }
    catch {
        return domain_labels/* EMPTY_HISTORY */.nF;
    }
}
function withHistory(spec, history) {
    return { ...spec, Labels: { ...spec.Labels, [domain_labels/* LABEL */.d_.history]: JSON.stringify(history) } };
}
const KEPT = 10;
/** Both memories in one: newest first, at most ten; a bad mark ends with a later healthy verdict of the same digest. */
function mergeHistory(one, other) {
    const verified = newest([...one.verified, ...other.verified]);
    const bad = newest([...one.bad, ...other.bad]).filter((mark) => !verified.some((version) => version.digest === mark.digest && version.at > mark.at));
    return { verified: verified.slice(0, KEPT), bad: bad.slice(0, KEPT) };
}
function newest(entries) {
    const sorted = [...entries].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    return sorted.filter((entry, index) => sorted.findIndex((other) => other.digest === entry.digest) === index);
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
;// CONCATENATED MODULE: ./build/targets/swarm/wire.js
/**
 * What the Engine API says about Swarm, as far as we read it. Unknown fields are kept: a service's spec is sent back
 * to the engine whole, with only the image, the stamp and the update order changed.
 */

const Labels = dist/* nullish */.cl6(dist/* record */.g1P(dist/* string */.YjP(), dist/* string */.YjP()));
const UpdateConfig = dist/* looseObject */._H3({
    Parallelism: dist/* optional */.lqM(dist/* number */.aig()),
    FailureAction: dist/* optional */.lqM(dist/* string */.YjP()),
    MaxFailureRatio: dist/* optional */.lqM(dist/* number */.aig()),
    Order: dist/* optional */.lqM(dist/* string */.YjP()),
});
const TaskTemplate = dist/* looseObject */._H3({
    ContainerSpec: dist/* optional */.lqM(dist/* looseObject */._H3({
        Image: dist/* string */.YjP(),
        Healthcheck: dist/* optional */.lqM(dist/* looseObject */._H3({ Test: dist/* nullish */.cl6(dist/* array */.YOg(dist/* string */.YjP())) })),
    })),
    Resources: dist/* optional */.lqM(dist/* looseObject */._H3({ Limits: dist/* optional */.lqM(dist/* looseObject */._H3({ MemoryBytes: dist/* optional */.lqM(dist/* number */.aig()) })) })),
    RestartPolicy: dist/* optional */.lqM(dist/* looseObject */._H3({ Condition: dist/* optional */.lqM(dist/* string */.YjP()), MaxAttempts: dist/* optional */.lqM(dist/* number */.aig()) })),
});
const ServiceSpec = dist/* looseObject */._H3({
    Name: dist/* string */.YjP(),
    Labels,
    TaskTemplate,
    Mode: dist/* looseObject */._H3({
        Replicated: dist/* optional */.lqM(dist/* looseObject */._H3({ Replicas: dist/* optional */.lqM(dist/* number */.aig()) })),
        Global: dist/* optional */.lqM(dist/* looseObject */._H3({})),
    }),
    UpdateConfig: dist/* optional */.lqM(UpdateConfig),
    EndpointSpec: dist/* optional */.lqM(dist/* looseObject */._H3({ Ports: dist/* nullish */.cl6(dist/* array */.YOg(dist/* looseObject */._H3({ PublishMode: dist/* optional */.lqM(dist/* string */.YjP()) }))) })),
});
const Service = dist/* object */.Ikc({
    ID: dist/* string */.YjP(),
    Version: dist/* object */.Ikc({ Index: dist/* number */.aig() }),
    Spec: ServiceSpec,
    /** Only for the registry credentials that travel with it; never a version to go back to. */
    PreviousSpec: dist/* optional */.lqM(dist/* looseObject */._H3({ TaskTemplate: dist/* optional */.lqM(TaskTemplate) })),
    UpdateStatus: dist/* optional */.lqM(dist/* object */.Ikc({
        State: dist/* optional */.lqM(dist/* string */.YjP(), ''),
        Message: dist/* optional */.lqM(dist/* string */.YjP(), ''),
        CompletedAt: dist/* optional */.lqM(dist/* string */.YjP(), ''),
    })),
});
const Task = dist/* object */.Ikc({
    ID: dist/* string */.YjP(),
    ServiceID: dist/* optional */.lqM(dist/* string */.YjP(), ''),
    Slot: dist/* optional */.lqM(dist/* number */.aig()),
    NodeID: dist/* optional */.lqM(dist/* string */.YjP()),
    CreatedAt: dist/* optional */.lqM(dist/* string */.YjP(), ''),
    DesiredState: dist/* optional */.lqM(dist/* string */.YjP(), ''),
    Spec: TaskTemplate,
    Status: dist/* object */.Ikc({
        /** RFC 3339 with nanoseconds: since when it is in this state. */
        Timestamp: dist/* optional */.lqM(dist/* string */.YjP(), ''),
        State: dist/* string */.YjP(),
        Message: dist/* optional */.lqM(dist/* string */.YjP(), ''),
        Err: dist/* optional */.lqM(dist/* string */.YjP(), ''),
        ContainerStatus: dist/* optional */.lqM(dist/* object */.Ikc({ ContainerID: dist/* optional */.lqM(dist/* string */.YjP(), ''), ExitCode: dist/* optional */.lqM(dist/* number */.aig(), 0) })),
    }),
});
const ContainerSummary = dist/* object */.Ikc({ Id: dist/* string */.YjP(), ImageID: dist/* string */.YjP(), Status: dist/* optional */.lqM(dist/* string */.YjP(), '') });
const ContainerDetails = dist/* object */.Ikc({
    Image: dist/* string */.YjP(),
    State: dist/* object */.Ikc({
        OOMKilled: dist/* optional */.lqM(dist/* boolean */.zMY(), false),
        ExitCode: dist/* optional */.lqM(dist/* number */.aig(), 0),
        Error: dist/* optional */.lqM(dist/* string */.YjP(), ''),
        StartedAt: dist/* optional */.lqM(dist/* string */.YjP(), ''),
        FinishedAt: dist/* optional */.lqM(dist/* string */.YjP(), ''),
        Health: dist/* nullish */.cl6(dist/* object */.Ikc({
            Status: dist/* optional */.lqM(dist/* string */.YjP(), ''),
            Log: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({ ExitCode: dist/* number */.aig(), Output: dist/* optional */.lqM(dist/* string */.YjP(), '') }))),
        })),
    }),
});
const ImageDetails = dist/* object */.Ikc({
    Id: dist/* string */.YjP(),
    RepoDigests: dist/* nullish */.cl6(dist/* array */.YOg(dist/* string */.YjP())),
    Config: dist/* nullish */.cl6(dist/* object */.Ikc({ Healthcheck: dist/* nullish */.cl6(dist/* object */.Ikc({ Test: dist/* nullish */.cl6(dist/* array */.YOg(dist/* string */.YjP())) })) })),
});
const Node = dist/* object */.Ikc({
    ID: dist/* string */.YjP(),
    Description: dist/* optional */.lqM(dist/* object */.Ikc({ Hostname: dist/* optional */.lqM(dist/* string */.YjP(), '') })),
    Status: dist/* optional */.lqM(dist/* object */.Ikc({ State: dist/* optional */.lqM(dist/* string */.YjP(), '') })),
});
const Info = dist/* object */.Ikc({
    Swarm: dist/* optional */.lqM(dist/* object */.Ikc({
        LocalNodeState: dist/* optional */.lqM(dist/* string */.YjP(), 'inactive'),
        ControlAvailable: dist/* optional */.lqM(dist/* boolean */.zMY(), false),
        Nodes: dist/* optional */.lqM(dist/* number */.aig(), 0),
        Error: dist/* optional */.lqM(dist/* string */.YjP(), ''),
    })),
});

;// CONCATENATED MODULE: ./build/targets/swarm/engine.js
/** The few calls of the Engine API that Swarm needs, with the engine's refusals as DeployErrors. */



/** Somebody else wrote the service between our read and our write. */
class OutOfSequence extends Error {
}
function createSwarm(api) {
    const get = async (path, query) => api.request('GET', path, query === undefined ? {} : { query });
    return {
        endpoint: api.endpoint,
        async info() {
            return parse(Info, accepted(api, await get('/info'), 'read its own state'));
        },
        async services(names, now = Date.now) {
            if (names.length === 0)
                return { services: [], skew: 0 };
            const answer = await get('/services', { filters: { name: names } });
            const listed = parse(dist/* array */.YOg(Service), accepted(api, answer, 'list services'));
            const wanted = new Set(names); // the engine's filter matches prefixes
            return { services: listed.filter((service) => wanted.has(service.Spec.Name)), skew: skewOf(answer, now()) };
        },
        async tasks(serviceIds) {
            if (serviceIds.length === 0)
                return [];
            const answer = await get('/tasks', { filters: { service: serviceIds } });
            if (answer.status === 404)
                return []; // removed since it was listed: the next look says so
            return parse(dist/* array */.YOg(Task), accepted(api, answer, 'list tasks'));
        },
        async nodes() {
            return parse(dist/* array */.YOg(Node), accepted(api, await get('/nodes'), 'list nodes'));
        },
        async containers(ids) {
            if (ids.length === 0)
                return [];
            const answer = await get('/containers/json', { all: true, filters: { id: ids } });
            return parse(dist/* array */.YOg(ContainerSummary), accepted(api, answer, 'list containers'));
        },
        async container(id) {
            const answer = await get(`/containers/${encodeURIComponent(id)}/json`);
            return answer.status === 200 ? parse(ContainerDetails, answer.json()) : undefined;
        },
        async image(reference) {
            const answer = await get(`/images/${reference}/json`);
            return answer.status === 200 ? parse(ImageDetails, answer.json()) : undefined;
        },
        async update(id, version, spec, auth) {
            const answer = await api.request('POST', `/services/${id}/update`, {
                query: { version, ...('from' in auth ? { registryAuthFrom: auth.from } : {}) },
                body: spec,
                ...authHeaders(auth),
            });
            if (answer.status >= 400 && /out of sequence/i.test(answer.message()))
                throw new OutOfSequence();
            accepted(api, answer, `update service ${spec.Name}`);
        },
        async create(spec, auth) {
            const answer = await api.request('POST', '/services/create', { body: spec, ...authHeaders(auth) });
            const created = parse(dist/* object */.Ikc({ ID: dist/* string */.YjP() }), accepted(api, answer, `create service ${spec.Name}`));
            return created.ID;
        },
        async remove(id) {
            const answer = await api.request('DELETE', `/services/${id}`);
            if (answer.status !== 404)
                accepted(api, answer, `remove service ${id}`);
        },
    };
}
function authHeaders(auth) {
    return 'header' in auth ? { headers: { 'X-Registry-Auth': auth.header } } : {};
}
/** The body of an answer that is none of a refusal. */
function accepted(api, answer, to) {
    if (answer.status < 400)
        return answer.json();
    throw new deploy_error/* DeployError */.sH(codeOf(answer), `the engine at ${api.endpoint} refuses to ${to}: ${answer.message()}`, {
        evidence: [`HTTP ${String(answer.status)}`],
    });
}
function codeOf(answer) {
    if (answer.status === 404)
        return 'workload-gone';
    if (answer.status === 400)
        return 'manifest-invalid';
    return answer.status === 503 ? 'target-unreachable' : 'target-denied';
}
function parse(schema, value) {
    const parsed = dist/* safeParse */.xLC(schema, value);
    if (parsed.success)
        return parsed.output;
    const issue = parsed.issues[0];
    throw new deploy_error/* DeployError */.sH('internal-error', `the engine's answer is not understood: ${issue.message}`, {
        evidence: [dist/* getDotPath */.BuJ(issue) ?? ''],
    });
}
/** `Date` has whole seconds: less than two of them are no difference. */
function skewOf(answer, now) {
    const skew = Date.parse(String(answer.headers.date)) - now;
    return Math.abs(skew) >= 2000 ? skew : 0;
}

;// CONCATENATED MODULE: ./build/targets/swarm/stack/install.js
/** What must be on the engine before a stack's services can be created: its networks, secrets and configs. */




const LISTS = {
    network: { path: '/networks', create: '/networks/create' },
    secret: { path: '/secrets', create: '/secrets/create' },
    config: { path: '/configs', create: '/configs/create' },
};
/** Networks have `Id` and `Name`, secrets and configs `ID` and `Spec.Name`. */
const Listed = dist/* array */.YOg(dist/* object */.Ikc({
    Id: dist/* optional */.lqM(dist/* string */.YjP()),
    ID: dist/* optional */.lqM(dist/* string */.YjP()),
    Name: dist/* optional */.lqM(dist/* string */.YjP()),
    Spec: dist/* optional */.lqM(dist/* object */.Ikc({ Name: dist/* optional */.lqM(dist/* string */.YjP()) })),
}));
async function presentOn(api, resources) {
    const kinds = [...new Set(resources.map(({ kind }) => kind))];
    const lists = await Promise.all(kinds.map(async (kind) => listOf(api, kind)));
    return new Map(lists.flat());
}
async function listOf(api, kind) {
    const answer = await api.request('GET', LISTS[kind].path);
    const listed = dist/* parse */.qgA(Listed, accepted(api, answer, `list its ${kind}s`));
    return listed.map((item) => [`${kind} ${item.Name ?? item.Spec?.Name ?? ''}`, item.Id ?? item.ID ?? '']);
}
/** External parts that nobody has made. */
function missingParts(stack, present) {
    return stack.resources
        .filter((part) => part.external && !present.has(`${part.kind} ${part.name}`))
        .map((part) => ({
        code: 'bad-config-reference',
        what: `the ${part.kind} ${part.name} is external in ${stack.file} and does not exist`,
        fix: `Create it: docker ${part.kind} create …`,
    }));
}
function absentParts(stack, present) {
    return stack.resources.filter((part) => !part.external && !present.has(`${part.kind} ${part.name}`));
}
/**
 * Creates what is missing and gives the specs with their ids filled in.
 * What is there is used as it is, even with other content: secrets and configs never change.
 */
async function install(api, stack, services) {
    const before = await presentOn(api, stack.resources);
    const [fault] = missingParts(stack, before);
    if (fault)
        throw (0,deploy_error/* fail */.fJ)(fault);
    await Promise.all(absentParts(stack, before).map((part) => createPart(api, part, stack.file)));
    const present = await presentOn(api, stack.resources);
    return new Map(services.map((service) => [service.name, withFiles(service, present)]));
}
async function createPart(api, part, stackFile) {
    const data = part.file === undefined ? {} : { Data: (await contentOf(part.file, stackFile)).toString('base64') };
    const body = { Name: part.name, ...part.body, ...data };
    const answer = await api.request('POST', LISTS[part.kind].create, { body });
    // Another run may have been faster.
    if (answer.status !== 409)
        accepted(api, answer, `create the ${part.kind} ${part.name}`);
}
async function contentOf(file, stackFile) {
    try {
        return await (0,promises_.readFile)(file);
    }
    catch (error) {
        throw new deploy_error/* DeployError */.sH('manifest-invalid', `${file}, which ${stackFile} names, cannot be read`, { cause: error });
    }
}
function withFiles({ spec, secrets, configs }, present) {
    const container = spec.TaskTemplate.ContainerSpec;
    if (container === undefined)
        return spec;
    const refer = (kind, idKey, nameKey) => (reference) => ({
        File: reference.file,
        [idKey]: present.get(`${kind} ${reference.name}`),
        [nameKey]: reference.name,
    });
    const files = {
        ...(secrets.length === 0 ? {} : { Secrets: secrets.map(refer('secret', 'SecretID', 'SecretName')) }),
        ...(configs.length === 0 ? {} : { Configs: configs.map(refer('config', 'ConfigID', 'ConfigName')) }),
    };
    return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { ...container, ...files } } };
}

;// CONCATENATED MODULE: ./build/targets/swarm/check.js




async function checkSwarm(deps, context) {
    const found = { faults: [], warnings: [], plan: [] };
    checkRequest(deps.request, found);
    const manager = await managerFault(deps.swarm);
    if (manager)
        return { ...found, faults: [...found.faults, manager] };
    const { services } = await deps.swarm.services(deps.names);
    const all = await Promise.all(deps.names.map(async (name) => {
        const each = { faults: [], warnings: [], plan: [] };
        const service = services.find((candidate) => candidate.Spec.Name === name);
        if (service)
            await checkService(deps, name, service, context, each);
        else
            checkAbsent(deps, name, context, each);
        return each;
    }));
    await checkStack(deps, services, found);
    return {
        faults: [...found.faults, ...all.flatMap(({ faults }) => faults)],
        warnings: [...found.warnings, ...all.flatMap(({ warnings }) => warnings)],
        plan: [...found.plan, ...all.flatMap(({ plan }) => plan)],
    };
}
function checkRequest(request, { faults }) {
    if (request.strategy === 'blue-green') {
        faults.push({
            code: 'not-supported',
            what: 'Swarm has no blue-green strategy: nothing switches traffic between two versions of a service',
            fix: 'Use strategy: rolling. The update is start-first: new tasks are healthy before old ones end.',
        });
    }
}
/** A sentence for every kind of engine that cannot manage services. */
async function managerFault(swarm) {
    const { Swarm: state } = await swarm.info();
    if (state?.ControlAvailable === true)
        return undefined;
    const at = `the engine at ${swarm.endpoint}`;
    switch (state?.LocalNodeState ?? 'inactive') {
        case 'active':
            return {
                code: 'target-denied',
                what: `${at} is a Swarm worker: only managers can change services`,
                fix: 'Point docker-host or docker-context to a manager (`docker node ls` on one of them lists all).',
            };
        case 'locked':
            return {
                code: 'target-denied',
                what: `${at} is a Swarm manager that is locked`,
                fix: 'Unlock it with `docker swarm unlock`.',
            };
        case 'pending':
        case 'error':
            return {
                code: 'target-unreachable',
                what: `${at} belongs to a Swarm but has no contact to it${state?.Error ? `: ${state.Error}` : ''}`,
            };
        default:
            return {
                code: 'target-denied',
                what: `${at} is not part of a Swarm`,
                fix: 'Make it one with `docker swarm init`, or name a manager with docker-host or docker-context.',
            };
    }
}
async function checkService({ swarm }, name, service, context, { faults, warnings, plan }) {
    const { Spec: spec } = service;
    const { Replicated: replicated, Global: global } = spec.Mode;
    if (!replicated && !global) {
        faults.push({ code: 'not-supported', what: `service ${name} is a job: jobs end, nothing of them could be proven` });
    }
    else if (!spec.TaskTemplate.ContainerSpec) {
        faults.push({ code: 'not-supported', what: `service ${name} runs no containers` });
    }
    else if (replicated?.Replicas === 0) {
        faults.push({
            code: 'nothing-runs',
            what: `service ${name} is scaled to zero: nothing would run that could be proven`,
            fix: `Scale it up first: docker service scale ${name}=1`,
        });
    }
    if (publishesOnHost(spec)) {
        warnings.push(`service ${name} publishes a port on the host: a new task cannot start beside the old one on the same node, so its own update order stays (${spec.UpdateConfig?.Order ?? 'stop-first'})`);
    }
    if (!(await hasHealthcheck(swarm, service, context.image))) {
        warnings.push(`service ${name} has no HEALTHCHECK: Swarm takes a started process for a ready one and ends the old tasks at once`);
    }
    plan.push(...imageDiff(name, imageOf(spec), context));
}
/** In the service, else in the new image where the engine has it already, else in the one that runs. */
async function hasHealthcheck(swarm, service, image) {
    const own = service.Spec.TaskTemplate.ContainerSpec?.Healthcheck?.Test ?? [];
    if (own.length > 0)
        return own[0] !== 'NONE';
    const details = (image && (await swarm.image((0,domain_image/* pinned */.dp)(image)))) ?? (await swarm.image(imageOf(service.Spec)));
    // An image that this engine does not have says nothing: no warning without knowledge.
    if (details === undefined)
        return true;
    const test = details.Config?.Healthcheck?.Test ?? [];
    return test.length > 0 && test[0] !== 'NONE';
}
function checkAbsent({ request, stack }, name, context, { faults, plan }) {
    if (stack?.services.has(name) === true) {
        plan.push(`service ${name}`, `  is created from ${stack.file}`, `  + image ${wanted(context)}`);
        return;
    }
    const defined = stack ? `, and ${stack.file} does not define it` : '';
    faults.push({
        code: 'workload-not-found',
        what: `there is no service ${name} on this Swarm${defined}`,
        fix: `Create it: docker service create --name ${name} --with-registry-auth ${wanted(context)}, or name its stack file with manifests (as in docker stack deploy -c stack.yml ${request.app}).`,
    });
}
/** Only services that are created need the rest of the stack file. */
async function checkStack({ api, stack, names }, services, { faults, warnings, plan }) {
    if (stack === undefined)
        return;
    const exists = (name) => services.some((service) => service.Spec.Name === name);
    const absent = names.filter((name) => !exists(name) && stack.services.has(name));
    if (absent.length === 0)
        return;
    const present = await presentOn(api, stack.resources);
    faults.push(...missingParts(stack, present));
    warnings.push(...stack.warnings);
    plan.push(...absentParts(stack, present).map(({ kind, name }) => `${kind} ${name} is created`));
    const others = [...stack.services.keys()].filter((name) => !names.includes(name));
    plan.push(...others.map((name) => `service ${name} of the same stack is created if it is missing`));
}
function imageDiff(name, now, context) {
    const next = wanted(context);
    if (context.image && imageText(context.image) === now)
        return [`service ${name}: runs ${now} already`];
    return [`service ${name}`, `  - image ${now}`, `  + image ${next}`];
}
function wanted(context) {
    return context.image ? imageText(context.image) : `${context.repository.name}@<digest of the build>`;
}
function notFound(name) {
    return new deploy_error/* DeployError */.sH('workload-not-found', `there is no service ${name} on this Swarm`);
}

;// CONCATENATED MODULE: ./build/targets/swarm/failure.js
/** Task states that are no way back to running; `orphaned` is the node's trouble, `shutdown` is what was asked for. */
const ENDED = new Set(['failed', 'rejected', 'complete']);
function hasFailed(look) {
    return ENDED.has(look.task.Status.State);
}
const BY_MESSAGE = [
    [/unhealthy container/i, 'unhealthy'],
    [/exec format error|unsupported platform|does not match the (?:specified|detected) platform/i, 'wrong-platform'],
    [
        /no such image|pull access denied|manifest unknown|failed to (?:pull|resolve)|image .*not found/i,
        'image-pull-failed',
    ],
    [/invalid mount|bind source path/i, 'cannot-start'],
    [/\b(?:secret|config)s? .*(?:not found|not available|does not exist)/i, 'bad-config-reference'],
    [/no suitable node/i, 'unschedulable'],
    [
        /oci runtime|executable file not found|starting container failed|mount|bind|cannot (?:create|start)/i,
        'cannot-start',
    ],
];
const SIGNALS = {
    6: 'SIGABRT: it aborted itself',
    9: 'SIGKILL: it was killed from outside, mostly by the kernel for memory',
    11: 'SIGSEGV: it crashed on a memory access',
    15: 'SIGTERM: it was asked to stop',
};
/** What an exit code usually means, for people. */
function exitMeaning(code) {
    if (code === 0)
        return 'exit code 0: it ended by itself, a service must keep running';
    if (code === 126)
        return 'exit code 126: the command is not executable';
    if (code === 127)
        return 'exit code 127: the command was not found';
    const signal = SIGNALS[code - 128];
    return signal === undefined ? `exit code ${String(code)}` : `exit code ${String(code)} = ${signal}`;
}
function failure_codeOf(look, wasReady) {
    const { Err: message, State: state, ContainerStatus: container } = look.task.Status;
    const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
    if (byMessage !== undefined)
        return byMessage;
    if (look.ended?.unhealthy === true)
        return 'unhealthy';
    if (wasOutOfMemory(look))
        return 'out-of-memory';
    if (state === 'complete' || (container?.ExitCode === 0 && message === ''))
        return 'exited';
    if (wasReady && !diedAtOnce(look))
        return 'died-after-ready';
    return state === 'rejected' ? 'cannot-start' : 'crash-on-start';
}
/** Without a HEALTHCHECK every started process counts as ready: one that ended within a second never was. */
function diedAtOnce({ ended }) {
    return ended?.ranFor !== undefined && ended.ranFor < 1000;
}
function wasOutOfMemory({ task, ended }) {
    if (ended !== undefined)
        return ended.oomKilled;
    // A container on another node cannot be asked: killed while it had a limit is the next best sign.
    const limit = task.Spec.Resources?.Limits?.MemoryBytes ?? 0;
    return task.Status.ContainerStatus?.ExitCode === 137 && limit > 0;
}
const SENTENCES = {
    unhealthy: 'its HEALTHCHECK fails',
    'wrong-platform': 'the image is for another architecture than the node',
    'image-pull-failed': 'the node cannot pull the image',
    'bad-config-reference': 'a config or secret that it refers to is missing',
    unschedulable: 'no node can take it',
    'cannot-start': 'its container cannot be created or started',
    'out-of-memory': 'the kernel killed it for using more memory than its limit',
    exited: 'its process ends with exit code 0',
    'died-after-ready': 'it died after it was ready',
    'crash-on-start': 'its process crashes',
};
const FIXES = {
    unschedulable: 'Compare the constraints and reservations of the service with `docker node ls` and `docker node inspect`.',
    'image-pull-failed': 'Check on the node that `docker pull` of that digest works; the credentials of this run were passed on to the engine.',
    'out-of-memory': 'Raise the limit (`docker service update --limit-memory`) or find the leak.',
};
/** The reason for a workload's failure by the task that shows it best. */
function reasonFor(service, looks, wasReady = false) {
    const [worst] = looks;
    if (worst === undefined)
        return { code: 'reverted', what: `service ${service} was taken back by the engine` };
    const code = failure_codeOf(worst, wasReady);
    const fix = FIXES[code];
    return {
        code,
        what: `the new version of service ${service} does not run: ${SENTENCES[code] ?? code}${detail(worst)}`,
        evidence: looks.slice(0, 5).flatMap((look) => evidence(service, look)),
        ...(fix === undefined ? {} : { fix }),
    };
}
function detail({ task }) {
    const code = task.Status.ContainerStatus?.ExitCode;
    if (task.Status.State === 'failed' && code !== undefined && code > 0)
        return ` (${exitMeaning(code)})`;
    return task.Status.Err === '' ? '' : ` (${firstLine(task.Status.Err)})`;
}
/** `task web.1 on node-1: failed, task: non-zero exit (3)` and what the container said of itself. */
function evidence(service, { task, node, ended }) {
    const where = node ?? task.NodeID;
    const said = [task.Status.State, task.Status.Err || task.Status.Message].filter((text) => text !== '').join(', ');
    const lines = [
        `task ${service}.${String(task.Slot ?? where ?? task.ID)}${where ? ` on ${where}` : ''}: ${firstLine(said)}`,
    ];
    if (task.Status.State === 'complete' && ended === undefined && where !== undefined) {
        lines.push('its container is on another node: whether its HEALTHCHECK stopped it cannot be seen from here');
    }
    if (ended?.oomKilled)
        lines.push('the engine says OOMKilled');
    if (ended?.error)
        lines.push(`the engine says: ${firstLine(ended.error)}`);
    return [...lines, ...(ended?.health ?? []).map((line) => `health check: ${firstLine(line)}`)];
}
function firstLine(text) {
    return text.trim().split(/\r?\n/, 1)[0] ?? '';
}

;// CONCATENATED MODULE: ./build/targets/swarm/classify.js
/**
 * What one look at a service means. Pure: the table test runs it over snapshots recorded from real engines.
 *
 * Failure is certain when the engine has given up (paused, rolled back), when more tasks failed than its update rules
 * allow, when a task died after the update was complete, or when a service without an update in progress (a new one)
 * failed again and again. A null update status is judged by the tasks alone.
 */



/** How long "no suitable node" may last: a node can come back, resources can be given free. */
const UNSCHEDULABLE_GRACE = 30_000;
/** Attempts of one slot before a service without update rules has failed. */
const ATTEMPTS = 3;
/** Another attempt cannot end otherwise. */
const HOPELESS = new Set(['wrong-platform', 'cannot-start', 'bad-config-reference']);
/** States in which a task's container may hold ports, volumes and connections. */
const ALIVE = new Set(['starting', 'running']);
function classify(look) {
    const { name, service } = look;
    if (service === undefined || service.ID !== look.handle.id) {
        return { name, state: failed(gone(name, service)), desired: 0, replicas: [] };
    }
    const parts = divide(look, service);
    return { name, state: stateOf(parts), desired: parts.desired, replicas: replicasOf(parts) };
}
function divide(look, service) {
    const fresh = look.tasks.filter(({ task }) => isUpToDate(task, service.Spec));
    const old = look.tasks.filter((entry) => !fresh.includes(entry) && isAlive(entry));
    const failures = fresh.filter((entry) => hasFailed(entry) && entry.since >= look.startedAt);
    return { look, service, fresh, old, failures, desired: desiredOf(service, look.tasks) };
}
/** Replicas asked for; of a global service: the nodes that have or get a task. */
function desiredOf(service, tasks) {
    const replicated = service.Spec.Mode.Replicated;
    if (replicated)
        return replicated.Replicas ?? 1;
    const wanted = tasks.filter(({ task }) => task.DesiredState === 'running' || task.DesiredState === 'ready');
    return new Set(wanted.map(({ task }) => task.NodeID ?? task.ID)).size;
}
function stateOf(parts) {
    const { service, look } = parts;
    if (!isOurs(look, service))
        return notOurs(parts);
    if (parts.desired === 0 && parts.fresh.length === 0) {
        return failed({ code: 'nothing-runs', what: `service ${look.name} has no replicas to prove` });
    }
    const reason = certainFailure(parts);
    if (reason !== undefined)
        return failed(reason);
    if (isDone(parts))
        return { is: 'settled' };
    const suspect = suspectOf(parts);
    return { is: 'progressing', detail: detailOf(parts), ...(suspect === undefined ? {} : { suspect }) };
}
/** What will have been the reason if time runs out now. */
function suspectOf({ look, fresh, failures }) {
    const stuck = fresh.filter(isUnschedulable);
    const suspects = stuck.length > 0 ? stuck : byInformation(failures);
    return suspects.length === 0 ? undefined : reasonFor(look.name, suspects);
}
function failed(reason) {
    return { is: 'failed', reason };
}
function gone(name, service) {
    const what = service === undefined ? 'was removed' : 'was removed and created again';
    return { code: 'workload-gone', what: `service ${name} ${what} while this run waited` };
}
// ---------------------------------------------------------------- whose spec it is
function isOurs(look, service) {
    const ours = imageOf(look.handle.spec);
    const live = imageOf(service.Spec);
    if (live !== ours && ((0,domain_digest/* digestIn */.s)(live) === undefined || (0,domain_digest/* digestIn */.s)(live) !== (0,domain_digest/* digestIn */.s)(ours)))
        return false;
    // After a rollback of the engine the same image can stand there with the settings of before.
    return !isRolledBack(service) || same(look.handle.spec.TaskTemplate, service.Spec.TaskTemplate);
}
function isRolledBack(service) {
    return updateState(service).startsWith('rollback');
}
function updateState(service) {
    return service.UpdateStatus?.State ?? '';
}
function notOurs({ look, service }) {
    const message = service.UpdateStatus?.Message ?? '';
    if (!isRolledBack(service) || /manually/i.test(message)) {
        return { is: 'superseded', by: `${writerOf(service.Spec)}, which set ${imageOf(service.Spec)}` };
    }
    // The engine went back by itself. Its message names no cause: the tasks of our image do.
    const failures = look.tasks.filter((entry) => hasFailed(entry) && imageOf({ TaskTemplate: entry.task.Spec }) === imageOf(look.handle.spec));
    const reason = reasonFor(look.name, byInformation(failures));
    const evidence = [...(reason.evidence ?? []), `the engine went back by itself: ${message}`];
    return failed({ ...reason, evidence });
}
// ---------------------------------------------------------------- failed?
function certainFailure(parts) {
    return engineGaveUp(parts) ?? tooManyFailures(parts) ?? unschedulable(parts);
}
function engineGaveUp({ look, service, fresh }) {
    const state = updateState(service);
    if (state !== 'paused' && state !== 'rollback_paused')
        return undefined;
    const failures = fresh.filter(hasFailed);
    const message = service.UpdateStatus?.Message ?? '';
    if (failures.length > 0)
        return reasonFor(look.name, byInformation(failures));
    return { code: 'reverted', what: `the engine stopped the update of service ${look.name}: ${message}` };
}
function tooManyFailures(parts) {
    const { look, service, failures } = parts;
    if (failures.length === 0)
        return undefined;
    const late = lateFailures(parts);
    if (late.length > 0)
        return reasonFor(look.name, byInformation(late), true);
    const { MaxFailureRatio: ratio = 0, FailureAction: action } = service.Spec.UpdateConfig ?? {};
    const updating = updateState(service) === 'updating' || updateState(service) === 'rollback_started';
    const certain = updating && action !== 'continue'
        ? failures.length / Math.max(1, parts.desired) > ratio
        : failures.some((entry) => HOPELESS.has(failure_codeOf(entry, false))) || slotsOf(parts).some(hasGivenUp);
    return certain ? reasonFor(look.name, byInformation(failures)) : undefined;
}
/** Failures of replicas that were ready: after the engine called the update complete, or where it had none to make. */
function lateFailures({ look, service, failures }) {
    const state = updateState(service);
    if (state === '')
        return look.handle.version > 0 ? failures : [];
    const completed = service.UpdateStatus?.CompletedAt ?? '';
    if (!state.endsWith('completed') || completed === '')
        return [];
    return failures.filter(({ task }) => Date.parse(task.Status.Timestamp) >= Date.parse(completed));
}
function hasGivenUp(slot) {
    return slot.failures >= ATTEMPTS || (slot.failures > 0 && !slot.wanted);
}
function slotsOf({ fresh, failures }) {
    const keys = new Set(fresh.map(slotOf));
    return [...keys].map((key) => ({
        failures: failures.filter((entry) => slotOf(entry) === key).length,
        wanted: fresh.some((entry) => slotOf(entry) === key && !isLeaving(entry.task.DesiredState)),
    }));
}
function unschedulable({ look, fresh }) {
    const certain = fresh
        .filter(isUnschedulable)
        .filter((entry) => failure_codeOf(entry, false) === 'wrong-platform' || look.now - entry.since >= UNSCHEDULABLE_GRACE);
    return certain.length === 0 ? undefined : reasonFor(look.name, certain);
}
function isUnschedulable({ task }) {
    return task.Status.State === 'pending' && !isLeaving(task.DesiredState) && /no suitable node/i.test(task.Status.Err);
}
/** Tasks with an exit code or a message of their own tell more than followers. */
function byInformation(failures) {
    const weight = ({ task }) => (task.Status.Err === '' ? 0 : 1);
    return [...failures].sort((a, b) => weight(b) - weight(a) || b.since - a.since);
}
// ---------------------------------------------------------------- done?
function isDone({ service, fresh, old, desired }) {
    const state = updateState(service);
    const rested = state === '' || state === 'completed' || state === 'rollback_completed';
    return rested && desired > 0 && fresh.filter(isServing).length === desired && old.length === 0;
}
function isServing({ task, lost }) {
    return task.Status.State === 'running' && !isLeaving(task.DesiredState) && lost !== true;
}
/** A task that was told to stop is no replica any more: the engine takes it out of the service before it ends it. */
function isAlive({ task, lost }) {
    return ALIVE.has(task.Status.State) && !isLeaving(task.DesiredState) && lost !== true;
}
function isLeaving(desired) {
    return desired === 'shutdown' || desired === 'remove';
}
function slotOf({ task }) {
    return String(task.Slot ?? task.NodeID ?? '');
}
function detailOf({ service, fresh, old, desired }) {
    const serving = fresh.filter(isServing).length;
    const waiting = fresh.find(({ task }) => !isLeaving(task.DesiredState) && task.Status.Err !== '');
    const lines = [
        `${String(serving)} of ${String(desired)} replicas run the new version`,
        old.length > 0 ? `${String(old.length)} of the old one still run` : '',
        updateState(service) === 'updating' && serving === desired ? 'the engine still monitors the update' : '',
        waiting ? waiting.task.Status.Err : '',
    ];
    return lines.filter((line) => line !== '').join(', ');
}
// ---------------------------------------------------------------- replicas
function replicasOf({ fresh, old, failures }) {
    const running = [...fresh.filter((entry) => isAlive(entry)), ...old];
    return running.map((entry) => ({
        id: entry.task.ID,
        ...(entry.digest === undefined ? {} : { digest: entry.digest }),
        healthy: entry.task.Status.State === 'running',
        restarts: failures.filter((failure) => slotOf(failure) === slotOf(entry)).length,
        ...(entry.task.Status.State === 'running' ? { healthySince: entry.since } : {}),
        ...(entry.node === undefined ? {} : { node: entry.node }),
    }));
}

;// CONCATENATED MODULE: ./build/targets/swarm/explain.js


const LINES = 20;
const WITHIN = 3000;
async function explain(api, look, observation) {
    if (observation.state.is !== 'failed')
        return observation;
    const task = loudest(look);
    if (task === undefined)
        return observation;
    const lines = await logsOf(api, task);
    if (lines.length === 0)
        return observation;
    const reason = refined(observation.state.reason, lines);
    const evidence = [...(reason.evidence ?? []), `last log lines of task ${task.task.ID.slice(0, 12)}:`, ...lines];
    return { ...observation, state: { is: 'failed', reason: { ...reason, evidence } } };
}
/** Older runtimes tell of a foreign binary only in the container's own log. */
function refined(reason, lines) {
    const foreign = lines.length <= 3 && lines.some((line) => /exec format error\s*$/.test(line));
    if (!foreign || (reason.code !== 'crash-on-start' && reason.code !== 'died-after-ready'))
        return reason;
    return {
        ...reason,
        code: 'wrong-platform',
        what: `${reason.what}: the image is for another architecture than the node`,
    };
}
/** The newest task of the new version that ended and had a container. */
function loudest(look) {
    const image = imageOf(look.handle.spec);
    return look.tasks.findLast((entry) => hasFailed(entry) &&
        entry.since >= look.startedAt &&
        imageOf({ TaskTemplate: entry.task.Spec }) === image &&
        Boolean(entry.task.Status.ContainerStatus?.ContainerID));
}
/** From the container where it is on this engine, else through the manager. Never a reason to fail. */
async function logsOf(api, { task, evidence }) {
    const path = evidence === 'spec'
        ? `/tasks/${task.ID}/logs`
        : `/containers/${task.Status.ContainerStatus?.ContainerID ?? ''}/logs`;
    try {
        const query = { stdout: true, stderr: true, tail: String(LINES) };
        const answer = await api.request('GET', path, { query, signal: AbortSignal.timeout(WITHIN) });
        return answer.status === 200 ? linesOf(answer.bytes) : [];
    }
    catch {
        return [];
    }
}
/** Log lines out of the engine's multiplexed frames (8 bytes of header each), or plain text where there is a terminal. */
function linesOf(bytes) {
    const buffer = Buffer.from(bytes);
    const texts = [];
    let at = 0;
    while (at + 8 <= buffer.length && isFrame(buffer, at)) {
        const size = buffer.readUInt32BE(at + 4);
        texts.push(buffer.toString('utf8', at + 8, at + 8 + size));
        at += 8 + size;
    }
    if (at < buffer.length && at === 0)
        texts.push(buffer.toString('utf8'));
    const lines = texts.join('').split(/\r?\n/);
    return lines.filter((line) => line !== '').slice(-LINES);
}
function isFrame(buffer, at) {
    return (buffer[at] ?? 255) <= 2 && buffer[at + 1] === 0 && buffer[at + 2] === 0 && buffer[at + 3] === 0;
}

;// CONCATENATED MODULE: ./build/targets/swarm/snapshot.js



/** A node's state is read again after this long. */
const NODES_FRESH = 5000;
function createObserver(swarm, clock) {
    // A container never changes its image, an ended one nothing at all: both are asked for once.
    const contents = new Map();
    const images = new Map();
    const ended = new Map();
    let nodes;
    let nodesAt = 0;
    async function learn(tasks) {
        const unknown = tasks.map(containerOf).filter((id) => id !== '' && !contents.has(id));
        const found = await swarm.containers([...new Set(unknown)]);
        for (const id of unknown)
            contents.set(id, undefined);
        await Promise.all(found.map(async ({ Id: id, ImageID: imageId }) => {
            contents.set(id, { imageId, digests: await digestsOf(imageId) });
        }));
    }
    function digestsOf(imageId) {
        const known = images.get(imageId);
        if (known)
            return known;
        const asked = swarm
            .image(imageId)
            .then((image) => (image?.RepoDigests ?? []).map(domain_digest/* digestIn */.s).filter((digest) => digest !== undefined));
        images.set(imageId, asked);
        return asked;
    }
    function endOf(task) {
        const id = containerOf(task);
        if (id === '' || contents.get(id) === undefined)
            return Promise.resolve(undefined);
        const known = ended.get(id);
        if (known)
            return known;
        const asked = swarm.container(id).then((container) => container && endedOf(container));
        ended.set(id, asked);
        return asked;
    }
    async function knownNodes() {
        if (nodes === undefined || clock.now() - nodesAt > NODES_FRESH) {
            nodesAt = clock.now();
            nodes = swarm.nodes().then(factsOf);
        }
        return nodes;
    }
    async function lookAt(task, skew) {
        const [node, end] = await Promise.all([
            knownNodes().then((all) => all.get(task.NodeID ?? '')),
            hasFailed({ task }) ? endOf(task) : undefined,
        ]);
        return {
            task,
            ...evidenceOf(task, contents.get(containerOf(task))),
            since: Date.parse(task.Status.Timestamp) - skew,
            ...(node === undefined ? {} : { node: node.name, lost: node.lost }),
            ...(end === undefined ? {} : { ended: end }),
        };
    }
    return {
        async look(names) {
            const { services, skew } = await swarm.services(names, () => clock.now());
            const tasks = await swarm.tasks(services.map((service) => service.ID));
            await learn(tasks.filter((task) => task.Status.State === 'running' || hasFailed({ task })));
            const looks = await Promise.all(tasks.sort(byAge).map((task) => lookAt(task, skew)));
            return {
                services: new Map(services.map((service) => [service.Spec.Name, service])),
                tasks: new Map(services.map(({ ID: id }) => [id, looks.filter((entry) => entry.task.ServiceID === id)])),
            };
        },
    };
}
function factsOf(nodes) {
    return new Map(nodes.map((node) => [
        node.ID,
        { name: node.Description?.Hostname ?? node.ID, lost: node.Status?.State === 'down' },
    ]));
}
function containerOf(task) {
    return task.Status.ContainerStatus?.ContainerID ?? '';
}
function byAge(a, b) {
    return a.CreatedAt < b.CreatedAt ? -1 : a.CreatedAt > b.CreatedAt ? 1 : 0;
}
/** The digest that the spec pins counts only when the container's own image carries it. */
function evidenceOf(task, content) {
    const wanted = (0,domain_digest/* digestIn */.s)(imageOf({ TaskTemplate: task.Spec }));
    if (content === undefined)
        return { evidence: 'spec', ...(wanted === undefined ? {} : { digest: wanted }) };
    const own = (0,domain_digest/* isDigest */.Bc)(content.imageId) ? [content.imageId] : [];
    const carried = [...content.digests, ...own];
    const digest = carried.find((candidate) => candidate === wanted) ?? carried[0];
    const evidence = content.digests.length > 0 ? 'container' : 'local-image';
    return { evidence, ...(digest === undefined ? {} : { digest }) };
}
function endedOf(container) {
    const log = container.State.Health?.Log ?? [];
    const ranFor = Date.parse(container.State.FinishedAt) - Date.parse(container.State.StartedAt);
    return {
        oomKilled: container.State.OOMKilled,
        error: container.State.Error,
        ...(ranFor >= 0 ? { ranFor } : {}),
        // The engine calls every ended container unhealthy: the last probe tells whether that was the cause.
        unhealthy: container.State.Health?.Status === 'unhealthy' && log.at(-1)?.ExitCode !== 0 && log.length > 0,
        health: log.slice(-2).map((probe) => `exit ${String(probe.ExitCode)}: ${probe.Output.trim().slice(0, 400)}`),
    };
}

;// CONCATENATED MODULE: ./build/targets/swarm/watch.js
const EVENTS = ['create', 'update', 'remove', 'start', 'die', 'oom', 'health_status'];
/** Several services change within a moment: one look serves them all. */
const GATHER = 30;
/** The manager learns of a task's new state a little after its container's event; other nodes send no events at all. */
const LIVELY = 2000;
const LIVELY_POLL = 100;
function createWatch(api, clock) {
    const closing = new AbortController();
    let wake = new AbortController();
    let names = new Set();
    let lastEvent = 0;
    let listening = false;
    async function listen() {
        try {
            const filters = { type: ['service', 'container'], event: EVENTS };
            const stream = await api.stream('GET', '/events', { query: { filters }, signal: closing.signal });
            if (stream.status !== 200)
                return;
            let rest = '';
            for await (const chunk of stream.body) {
                const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
                rest = lines.pop() ?? '';
                if (lines.some((line) => names.has(serviceOf(line))))
                    ring();
            }
        }
        catch {
            // Without events the floor of polling still finds everything.
        }
        finally {
            listening = false;
        }
    }
    function ring() {
        lastEvent = clock.now();
        wake.abort();
    }
    return {
        async changed(wanted, ms, signal) {
            names = new Set(wanted);
            if (!listening && !closing.signal.aborted) {
                listening = true;
                void listen();
            }
            const lively = clock.now() - lastEvent < LIVELY;
            const both = AbortSignal.any([signal, wake.signal]);
            await clock.sleep(lively ? Math.min(ms, LIVELY_POLL) : ms, both);
            if (!wake.signal.aborted || signal.aborted)
                return;
            await clock.sleep(GATHER, signal);
            wake = new AbortController();
        },
        close() {
            closing.abort();
        },
    };
}
/** The service that an event is about; empty for any other line. */
function serviceOf(line) {
    try {
        const event = JSON.parse(line);
        const attributes = event.Actor?.Attributes ?? {};
        const name = event.Type === 'service' ? attributes.name : attributes['com.docker.swarm.service.name'];
        return typeof name === 'string' ? name : '';
    }
    catch {
        return '';
    }
}

;// CONCATENATED MODULE: ./build/targets/swarm/write.js




/** The engine moves the index itself while it updates: so many re-reads before we give up. */
const TRIES = 10;
/** Replaces the image everywhere or nowhere: what was updated before another refused is put back. */
async function replaceAll(deps, image, stamp, before) {
    const auth = await authFor(deps.registry, image.repository);
    const startedAt = deps.clock.now();
    const prepared = before.workloads.every(({ exists }) => exists) ? undefined : await createOthers(deps, stamp);
    const results = await Promise.allSettled(before.workloads.map((workload) => replaceOne(deps.swarm, withPrepared(workload, prepared), image, stamp, auth)));
    const errors = rejections(results);
    if (errors[0] !== undefined) {
        const changed = before.workloads.filter((_, index) => results[index]?.status === 'fulfilled');
        throw await undo(deps, { workloads: changed }, stamp, errors[0]);
    }
    const workloads = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    return { before, accepted: image.accepted, startedAt, workloads };
}
function withPrepared(workload, prepared) {
    const spec = prepared?.get(workload.name);
    return workload.exists || spec === undefined ? workload : { ...workload, spec: { ...workload.spec, spec } };
}
async function createOthers(deps, stamp) {
    const [prepared, others] = await Promise.all([deps.prepare(), deps.others()]);
    const { services } = others.length === 0 ? { services: [] } : await deps.swarm.services(others);
    const missing = others.filter((name) => !services.some((service) => service.Spec.Name === name));
    await Promise.all(missing.map(async (name) => {
        const spec = prepared.get(name);
        if (spec)
            await deps.swarm.create(madeBy(spec, (0,domain_labels/* runKey */.r7)(stamp.run)), { from: 'spec' });
    }));
    return prepared;
}
async function removeOthers(deps, stamp) {
    const others = await deps.others();
    if (others.length === 0)
        return;
    const { services } = await deps.swarm.services(others);
    const ours = services.filter((service) => runOf(service.Spec) === (0,domain_labels/* runKey */.r7)(stamp.run));
    await Promise.all(ours.map((service) => deps.swarm.remove(service.ID)));
}
async function replaceOne(swarm, workload, image, stamp, auth) {
    const { name, spec: seen } = workload;
    const spec = released(seen.spec, image, stamp);
    if (seen.id === undefined) {
        const id = await swarm.create(spec, auth);
        return { name, handle: { id, version: 0, spec } };
    }
    const version = await swap(swarm, name, seen.version, async (live) => {
        if (live === undefined)
            return { id: seen.id ?? '', spec, auth };
        if (live.ID === seen.id && same(live.Spec, seen.spec))
            return { id: live.ID, spec, auth };
        throw anotherRollout(name, live);
    });
    return { name, handle: { id: seen.id, version, spec } };
}
function anotherRollout(name, live) {
    return (0,deploy_error/* fail */.fJ)({
        code: 'another-rollout',
        what: `service ${name} was changed while this run waited, by ${writerOf(live.Spec)}`,
        evidence: [`it names ${imageOf(live.Spec)} now`],
    });
}
async function undo(deps, changed, stamp, error) {
    try {
        await restoreAll(deps, changed, stamp);
        return (0,deploy_error/* fail */.fJ)(error, { state: 'this run left no service changed: all have the spec of before', cause: error });
    }
    catch (undoing) {
        const state = `not every service could be put back: ${(0,deploy_error/* asDeployError */.y0)(undoing).what}`;
        return (0,deploy_error/* fail */.fJ)(error, { state, cause: error });
    }
}
/**
 * Puts back the specs of `to`, pinned to the digests that ran then; services of this run's making are removed.
 * Every service is tried before the first refusal is thrown. A service that has its spec already is left alone.
 */
async function restoreAll(deps, to, stamp) {
    const startedAt = deps.clock.now();
    const { services } = await deps.swarm.services(to.workloads.map(({ name }) => name));
    const results = await Promise.allSettled(to.workloads.map((workload) => restoreOne(deps.swarm, workload, services.find((service) => service.Spec.Name === workload.name), stamp)));
    if (to.workloads.some(({ exists }) => !exists))
        await removeOthers(deps, stamp);
    const [error] = rejections(results);
    if (error !== undefined)
        throw error;
    const workloads = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    return { before: to, accepted: new Set(to.workloads.flatMap(({ digests }) => digests)), startedAt, workloads };
}
async function restoreOne(swarm, { name, spec: seen, digests }, live, stamp) {
    if (seen.id === undefined) {
        if (live && isWrittenBy(live.Spec, (0,domain_labels/* runKey */.r7)(stamp.run)))
            await swarm.remove(live.ID);
        return undefined;
    }
    if (live?.ID !== seen.id) {
        throw (0,deploy_error/* fail */.fJ)({ code: 'workload-gone', what: `service ${name} was removed or created again while this run waited` });
    }
    const spec = await restorable(swarm, seen);
    const plan = async (service) => {
        if (service === undefined || service.ID !== seen.id)
            throw (0,deploy_error/* fail */.fJ)({ code: 'workload-gone', what: `service ${name} was removed` });
        if (same(service.Spec, spec))
            return undefined;
        const mayWrite = isWrittenBy(service.Spec, (0,domain_labels/* runKey */.r7)(stamp.run)) || same(service.Spec, seen.spec);
        if (!mayWrite)
            throw anotherRollout(name, service);
        return { id: service.ID, spec, auth: authOfBefore(service, spec) };
    };
    const version = await swap(swarm, name, undefined, plan, live);
    return { name, handle: { ...seen, version, spec }, accepted: new Set(digests) };
}
/** An image that only its node knows keeps its name while that still finds the same content. */
async function restorable(swarm, seen) {
    if (seen.local !== true)
        return pinnedTo(seen);
    const found = await swarm.image(imageOf(seen.spec));
    return found?.Id === seen.ran ? seen.spec : pinnedTo(seen);
}
/** The credentials that the engine holds for what ran before, while it still holds them. */
function authOfBefore(live, spec) {
    const previous = live.PreviousSpec?.TaskTemplate?.ContainerSpec?.Image;
    return { from: previous !== undefined && previous === imageOf(spec) ? 'previous-spec' : 'spec' };
}
/** Writes the history into the services' own labels, which replaces no task. */
async function recordAll(swarm, history, handles) {
    const { services } = await swarm.services(handles.map(({ name }) => name));
    const results = await Promise.allSettled(handles.map(({ name }) => {
        const live = services.find((service) => service.Spec.Name === name);
        return swap(swarm, name, undefined, async (service) => labelled(name, service, history), live);
    }));
    const [error] = rejections(results);
    if (error !== undefined)
        throw error;
}
function labelled(name, live, history) {
    if (live === undefined)
        return undefined;
    const state = live.UpdateStatus?.State ?? '';
    if (state === 'paused' || state === 'rollback_paused') {
        throw (0,deploy_error/* fail */.fJ)({
            code: 'not-supported',
            what: `the history of service ${name} was not written: its update is paused, and any change would resume it`,
        });
    }
    const spec = withHistory(live.Spec, mergeHistory(historyOf(live.Spec), history));
    return same(spec, live.Spec) ? undefined : { id: live.ID, spec, auth: { from: 'spec' } };
}
/**
 * One compare-and-swap: `plan` says what to write for the service as it is, or nothing. When the index has moved, which
 * the engine does by itself too, the service is read and planned again.
 * @param version the index to start from, with `plan(undefined)`; undefined: that of `live`
 * @returns the index that the change was based on
 */
async function swap(swarm, name, version, plan, live) {
    let current = live;
    let index = version ?? live?.Version.Index ?? 0;
    for (let attempt = 1;; attempt += 1) {
        const change = await plan(current);
        if (change === undefined)
            return index;
        try {
            await swarm.update(change.id, index, change.spec, change.auth);
            return index;
        }
        catch (error) {
            if (!(error instanceof OutOfSequence))
                throw error;
            const { services } = await swarm.services([name]);
            current = services[0];
            if (current === undefined)
                throw (0,deploy_error/* fail */.fJ)({ code: 'workload-gone', what: `service ${name} was removed` });
            if (attempt >= TRIES)
                throw anotherRollout(name, current);
            index = current.Version.Index;
        }
    }
}
function rejections(results) {
    return results.flatMap((result) => (result.status === 'rejected' ? [(0,deploy_error/* asDeployError */.y0)(result.reason)] : []));
}
/** The run's credentials for the nodes; without any, those that the service came with. A registry that is down changes nothing. */
async function authFor(registry, repository) {
    const header = await registry.engineAuth(repository).catch(() => '');
    return holdsCredentials(header) ? { header } : { from: 'spec' };
}
function holdsCredentials(header) {
    try {
        const auth = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
        return ['username', 'password', 'auth', 'identitytoken', 'registrytoken'].some((key) => Boolean(auth[key]));
    }
    catch {
        return false;
    }
}

;// CONCATENATED MODULE: ./build/targets/swarm/target.js











function createSwarmTarget(request, deps) {
    const { api, clock } = deps;
    const swarm = createSwarm(api);
    const observer = createObserver(swarm, clock);
    const watch = createWatch(api, clock);
    const plan = once(async () => planOf(request, deps));
    const writing = {
        swarm,
        registry: deps.registry,
        clock,
        async prepare() {
            const { stack } = await plan();
            return stack === undefined ? new Map() : install(api, stack, [...stack.services.values()]);
        },
        async others() {
            const { stack, names } = await plan();
            return [...(stack?.services.keys() ?? [])].filter((name) => !names.includes(name));
        },
    };
    return {
        name: 'swarm',
        async check(context) {
            const planned = await plan().catch(deploy_error/* asDeployError */.y0);
            if (planned instanceof deploy_error/* DeployError */.sH)
                return { faults: [planned], warnings: [], plan: [] };
            return checkSwarm({ api, swarm, request, ...planned }, context);
        },
        async current() {
            const { names, stack } = await plan();
            const snapshot = await observer.look(names);
            return { workloads: names.map((name) => running(name, snapshot, clock.now(), stack)) };
        },
        async history() {
            const { services } = await swarm.services((await plan()).names);
            return services.map((service) => historyOf(service.Spec)).reduce(mergeHistory, domain_labels/* EMPTY_HISTORY */.nF);
        },
        async replace(image, stamp, before) {
            return replaceAll(writing, image, stamp, before);
        },
        async observe(rollout) {
            const snapshot = await observer.look(rollout.workloads.map(({ name }) => name));
            const looks = rollout.workloads.map(({ name, handle }) => {
                const service = snapshot.services.get(name);
                const tasks = service ? (snapshot.tasks.get(service.ID) ?? []) : [];
                return { name, handle, service, tasks, now: clock.now(), startedAt: rollout.startedAt };
            });
            return { workloads: await Promise.all(looks.map((look) => explain(api, look, classify(look)))) };
        },
        async changed(rollout, ms, signal) {
            await watch.changed(rollout.workloads.map(({ name }) => name), ms, signal);
        },
        async restore(to, stamp) {
            return restoreAll(writing, to, stamp);
        },
        async record(history, rollout) {
            await recordAll(swarm, history, rollout.workloads);
        },
        async close() {
            watch.close();
            api.close();
        },
    };
}
/** @throws DeployError manifest-invalid, invalid-input */
async function planOf(request, { env = {}, repository }) {
    const [file, ...others] = request.manifests;
    if (file === undefined)
        return { names: request.workloads, stack: undefined };
    if (others.length > 0) {
        throw new deploy_error/* DeployError */.sH('not-supported', `Swarm takes one stack file, not ${String(request.manifests.length)}`);
    }
    const { fullName, readStack, servicesUsing } = await __webpack_require__.e(/* import() */ 151).then(__webpack_require__.bind(__webpack_require__, 9151));
    const stack = await readStack(file, request.app, env);
    const named = request.workloads.map((workload) => fullName(stack, request.app, workload));
    const names = named.length > 0 || repository === undefined ? named : servicesUsing(stack, repository);
    if (names.length > 0)
        return { names, stack };
    const what = `no service of ${file} uses ${repository?.name ?? 'the image'}`;
    throw new deploy_error/* DeployError */.sH('manifest-invalid', what, { fix: 'Name the services that are released with workload.' });
}
function once(make) {
    let made;
    return () => (made ??= make());
}
function running(name, snapshot, now, stack) {
    const service = snapshot.services.get(name);
    if (!service)
        return absent(name, stack);
    const tasks = snapshot.tasks.get(service.ID) ?? [];
    const serving = tasks.filter(({ task, lost }) => task.Status.State === 'running' && lost !== true);
    const digests = distinct(serving);
    const revision = stampedRevision(service.Spec, digests);
    const handle = { id: service.ID, version: service.Version.Index, spec: service.Spec };
    const state = classify({ name, handle, service, tasks, now, startedAt: now }).state;
    return {
        name,
        exists: true,
        image: imageOf(service.Spec),
        digests,
        ...(revision === undefined ? {} : { revision }),
        desired: desiredOf(service, tasks),
        ready: serving.filter(({ task }) => task.DesiredState === 'running').length,
        stable: state.is === 'settled',
        spec: { ...handle, ...pinOf(serving, digests) },
    };
}
function absent(name, stack) {
    const spec = stack?.services.get(name)?.spec;
    if (!spec)
        throw notFound(name);
    const handle = { id: undefined, version: 0, spec };
    return { name, exists: false, digests: [], desired: 0, ready: 0, stable: true, spec: handle };
}
function distinct(tasks) {
    return [...new Set(tasks.map(({ digest }) => digest).filter((digest) => digest !== undefined))];
}
function pinOf(serving, digests) {
    const [ran] = digests;
    if (ran === undefined || digests.length > 1)
        return {};
    return { ran, ...(serving.every(({ evidence }) => evidence === 'local-image') ? { local: true } : {}) };
}


/***/ })

};
