export const id = 21;
export const ids = [21];
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

/***/ 2021:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createKubernetesTarget: () => (/* binding */ createKubernetesTarget)
});

// EXTERNAL MODULE: ./build/domain/digest.js
var domain_digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/domain/image.js
var domain_image = __webpack_require__(1452);
// EXTERNAL MODULE: ./build/domain/labels.js
var labels = __webpack_require__(3802);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./node_modules/valibot/dist/index.mjs
var dist = __webpack_require__(7934);
;// CONCATENATED MODULE: ./build/targets/kubernetes/schema.js
// What we read of Kubernetes' objects; everything else in them passes by.

const schema_text = dist/* nullish */.cl6(dist/* string */.YjP());
const count = dist/* nullish */.cl6(dist/* number */.aig());
const words = dist/* nullish */.cl6(dist/* record */.g1P(dist/* string */.YjP(), dist/* string */.YjP()));
const loose = dist/* record */.g1P(dist/* string */.YjP(), dist/* unknown */.L5J());
const MetadataSchema = dist/* object */.Ikc({
    name: dist/* string */.YjP(),
    namespace: schema_text,
    uid: dist/* string */.YjP(),
    resourceVersion: dist/* string */.YjP(),
    generation: count,
    creationTimestamp: schema_text,
    deletionTimestamp: schema_text,
    labels: words,
    annotations: words,
    ownerReferences: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({ uid: dist/* string */.YjP(), kind: dist/* string */.YjP(), controller: dist/* nullish */.cl6(dist/* boolean */.zMY()) }))),
    managedFields: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({ manager: schema_text, operation: schema_text, time: schema_text, subresource: schema_text, fieldsV1: dist/* nullish */.cl6(dist/* unknown */.L5J()) }))),
});
const ConditionSchema = dist/* object */.Ikc({
    type: dist/* string */.YjP(),
    status: dist/* string */.YjP(),
    reason: schema_text,
    message: schema_text,
    lastTransitionTime: schema_text,
    lastUpdateTime: schema_text,
});
const ContainerSchema = dist/* looseObject */._H3({
    name: dist/* string */.YjP(),
    image: schema_text,
    restartPolicy: schema_text,
    readinessProbe: dist/* nullish */.cl6(loose),
    livenessProbe: dist/* nullish */.cl6(loose),
    startupProbe: dist/* nullish */.cl6(loose),
});
const TemplateSchema = dist/* looseObject */._H3({
    metadata: dist/* nullish */.cl6(dist/* looseObject */._H3({ labels: words, annotations: words })),
    spec: dist/* looseObject */._H3({
        containers: dist/* array */.YOg(ContainerSchema),
        initContainers: dist/* nullish */.cl6(dist/* array */.YOg(ContainerSchema)),
    }),
});
const SelectorSchema = dist/* object */.Ikc({
    matchLabels: words,
    matchExpressions: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({ key: dist/* string */.YjP(), operator: dist/* string */.YjP(), values: dist/* nullish */.cl6(dist/* array */.YOg(dist/* string */.YjP())) }))),
});
const WorkloadSchema = dist/* object */.Ikc({
    metadata: MetadataSchema,
    spec: dist/* looseObject */._H3({
        replicas: count,
        paused: dist/* nullish */.cl6(dist/* boolean */.zMY()),
        selector: SelectorSchema,
        template: TemplateSchema,
        minReadySeconds: count,
        strategy: dist/* nullish */.cl6(dist/* looseObject */._H3({
            type: schema_text,
            rollingUpdate: dist/* nullish */.cl6(dist/* looseObject */._H3({ maxUnavailable: dist/* nullish */.cl6(dist/* union */.KCZ([dist/* number */.aig(), dist/* string */.YjP()])) })),
        })),
        updateStrategy: dist/* nullish */.cl6(dist/* looseObject */._H3({ type: schema_text, rollingUpdate: dist/* nullish */.cl6(dist/* looseObject */._H3({ partition: count })) })),
    }),
    status: dist/* nullish */.cl6(dist/* object */.Ikc({
        observedGeneration: count,
        replicas: count,
        updatedReplicas: count,
        readyReplicas: count,
        availableReplicas: count,
        unavailableReplicas: count,
        currentRevision: schema_text,
        updateRevision: schema_text,
        desiredNumberScheduled: count,
        updatedNumberScheduled: count,
        numberReady: count,
        numberAvailable: count,
        conditions: dist/* nullish */.cl6(dist/* array */.YOg(ConditionSchema)),
    })),
});
const ReplicaSetSchema = dist/* object */.Ikc({
    metadata: MetadataSchema,
    spec: dist/* object */.Ikc({ replicas: count, template: TemplateSchema }),
});
const ControllerRevisionSchema = dist/* object */.Ikc({
    metadata: MetadataSchema,
    revision: dist/* number */.aig(),
    data: dist/* nullish */.cl6(dist/* unknown */.L5J()),
});
const TerminatedSchema = dist/* object */.Ikc({
    exitCode: dist/* number */.aig(),
    reason: schema_text,
    message: schema_text,
    startedAt: schema_text,
    finishedAt: schema_text,
});
const StateSchema = dist/* object */.Ikc({
    waiting: dist/* nullish */.cl6(dist/* object */.Ikc({ reason: schema_text, message: schema_text })),
    running: dist/* nullish */.cl6(dist/* object */.Ikc({ startedAt: schema_text })),
    terminated: dist/* nullish */.cl6(TerminatedSchema),
});
const ContainerStatusSchema = dist/* object */.Ikc({
    name: dist/* string */.YjP(),
    ready: dist/* nullish */.cl6(dist/* boolean */.zMY()),
    restartCount: dist/* nullish */.cl6(dist/* number */.aig(), 0),
    imageID: schema_text,
    state: dist/* nullish */.cl6(StateSchema),
    lastState: dist/* nullish */.cl6(StateSchema),
});
const PodSchema = dist/* object */.Ikc({
    metadata: MetadataSchema,
    spec: dist/* object */.Ikc({
        nodeName: schema_text,
        containers: dist/* array */.YOg(ContainerSchema),
        initContainers: dist/* nullish */.cl6(dist/* array */.YOg(ContainerSchema)),
    }),
    status: dist/* nullish */.cl6(dist/* object */.Ikc({
        phase: schema_text,
        reason: schema_text,
        message: schema_text,
        podIP: schema_text,
        conditions: dist/* nullish */.cl6(dist/* array */.YOg(ConditionSchema)),
        containerStatuses: dist/* nullish */.cl6(dist/* array */.YOg(ContainerStatusSchema)),
        initContainerStatuses: dist/* nullish */.cl6(dist/* array */.YOg(ContainerStatusSchema)),
    })),
});
const EventSchema = dist/* object */.Ikc({
    metadata: dist/* object */.Ikc({ uid: dist/* string */.YjP(), resourceVersion: dist/* string */.YjP(), creationTimestamp: schema_text }),
    type: schema_text,
    reason: schema_text,
    message: schema_text,
    count: count,
    lastTimestamp: schema_text,
    eventTime: schema_text,
    series: dist/* nullish */.cl6(dist/* object */.Ikc({ count: count, lastObservedTime: schema_text })),
    involvedObject: dist/* object */.Ikc({ uid: schema_text, kind: schema_text, name: schema_text, fieldPath: schema_text }),
});
const StatusSchema = dist/* object */.Ikc({
    message: schema_text,
    reason: schema_text,
    details: dist/* nullish */.cl6(dist/* object */.Ikc({
        causes: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({ reason: schema_text, message: schema_text, field: schema_text }))),
    })),
});
const ServiceSchema = dist/* object */.Ikc({
    metadata: MetadataSchema,
    spec: dist/* looseObject */._H3({ selector: words, ports: dist/* nullish */.cl6(dist/* array */.YOg(dist/* looseObject */._H3({}))), clusterIP: schema_text, type: schema_text }),
});
const EndpointSliceSchema = dist/* object */.Ikc({
    metadata: MetadataSchema,
    endpoints: dist/* nullish */.cl6(dist/* array */.YOg(dist/* object */.Ikc({
        conditions: dist/* nullish */.cl6(dist/* object */.Ikc({ ready: dist/* nullish */.cl6(dist/* boolean */.zMY()) })),
        targetRef: dist/* nullish */.cl6(dist/* object */.Ikc({ kind: schema_text, uid: schema_text, name: schema_text })),
    }))),
});
const LeaseSchema = dist/* object */.Ikc({
    metadata: MetadataSchema,
    spec: dist/* nullish */.cl6(dist/* object */.Ikc({
        holderIdentity: schema_text,
        leaseDurationSeconds: count,
        renewTime: schema_text,
        acquireTime: schema_text,
        leaseTransitions: count,
    })),
});
/** A list's items, one by one: an item that does not look as expected is left out rather than losing the list. */
function listOf(schema, body) {
    const parsed = dist/* safeParse */.xLC(dist/* object */.Ikc({
        metadata: dist/* nullish */.cl6(dist/* object */.Ikc({ resourceVersion: schema_text })),
        items: dist/* nullish */.cl6(dist/* array */.YOg(dist/* unknown */.L5J())),
    }), body);
    if (!parsed.success)
        return { items: [], resourceVersion: '' };
    const items = (parsed.output.items ?? []).flatMap((item) => {
        const one = dist/* safeParse */.xLC(schema, item);
        return one.success ? [one.output] : [];
    });
    return { items, resourceVersion: parsed.output.metadata?.resourceVersion ?? '' };
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/client.js



const FIELD_MANAGER = 'immutable-deploy';
const STRATEGIC = 'application/strategic-merge-patch+json';
const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY = 'application/apply-patch+yaml';
/** What the API says about a refused request. */
function messageOf({ status, body }) {
    const parsed = dist/* safeParse */.xLC(StatusSchema, body);
    const text = parsed.success && parsed.output.message ? parsed.output.message : typeof body === 'string' ? body : '';
    return text.trim().slice(0, 1000) || `HTTP ${String(status)}`;
}
/** A refusal as an error of the catalogue. `what` begins the sentence: `deployment/web could not be patched`. */
function refusal(answer, what) {
    const message = `${what}: ${messageOf(answer)}`;
    switch (answer.status) {
        case 401:
        case 403:
            return new deploy_error/* DeployError */.sH('target-denied', message);
        case 404:
            return new deploy_error/* DeployError */.sH('workload-gone', message);
        case 409:
            return new deploy_error/* DeployError */.sH('another-rollout', message);
        case 400:
        case 415:
        case 422:
            return new deploy_error/* DeployError */.sH('manifest-invalid', message, {
                fix: 'Correct what the cluster names; nothing of this object was changed.',
            });
        default:
            return new deploy_error/* DeployError */.sH('target-unreachable', message);
    }
}
/** GET of one object: undefined when it does not exist. @throws DeployError */
async function read(api, path, schema, options = {}) {
    const answer = await api.request('GET', path, options);
    if (answer.status === 404)
        return undefined;
    if (answer.status !== 200)
        throw refusal(answer, `${path} could not be read`);
    return parse(schema, answer.body, path);
}
function parse(schema, body, path) {
    const parsed = dist/* safeParse */.xLC(schema, body);
    if (parsed.success)
        return parsed.output;
    const issue = parsed.issues[0];
    const where = issue.path?.map((part) => String(part.key)).join('.') ?? '';
    throw new deploy_error/* DeployError */.sH('internal-error', `the cluster's answer for ${path} is not understood: ${where}: ${issue.message}`);
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/apply.js
// Server-side apply of one object: what others own is shown, never taken silently.





const ResourcesSchema = dist/* object */.Ikc({
    resources: dist/* array */.YOg(dist/* object */.Ikc({ name: dist/* string */.YjP(), kind: dist/* string */.YjP(), namespaced: dist/* boolean */.zMY() })),
});
function makeMapper(api, namespace) {
    const known = new Map();
    async function find({ apiVersion, kind, name, source }) {
        const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
        const asked = known.get(base) ?? api.request('GET', base);
        known.set(base, asked);
        const parsed = dist/* safeParse */.xLC(ResourcesSchema, (await asked).body);
        const resources = parsed.success ? parsed.output.resources : [];
        const found = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'));
        const label = `${source}: ${kind.toLowerCase()}/${name}`;
        if (!found)
            throw new deploy_error/* DeployError */.sH('manifest-invalid', `${label}: the cluster does not know ${apiVersion} ${kind}`);
        if (!found.namespaced) {
            const fix = 'Create it once, outside of the release: a release keeps to its namespace.';
            throw new deploy_error/* DeployError */.sH('manifest-invalid', `${label} belongs to the whole cluster`, { fix });
        }
        return { base, resource: found.name };
    }
    return {
        async pathOf(manifest) {
            const { base, resource } = await find(manifest);
            return `${base}/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(manifest.name)}`;
        },
        async resourceOf(manifest) {
            const [group = ''] = manifest.apiVersion.includes('/') ? manifest.apiVersion.split('/') : [''];
            return { group, resource: (await find(manifest)).resource };
        },
    };
}
/** @throws DeployError managed-elsewhere with every conflicting field, manifest-invalid, target-denied, another-rollout */
async function applyObject(api, path, label, object, { dryRun, containers }) {
    const send = (force) => {
        const query = { fieldManager: FIELD_MANAGER, force, ...(dryRun ? { dryRun: 'All' } : {}) };
        return api.request('PATCH', path, { body: object, type: APPLY, query, patience: 15_000 });
    };
    const first = await send(false);
    const conflicts = first.status === 409 ? conflictsOf(first) : [];
    if (conflicts.length === 0)
        return result(first, label, []);
    const foreign = conflicts.filter((conflict) => !isOurs(conflict, containers));
    if (foreign.length > 0) {
        throw new deploy_error/* DeployError */.sH('managed-elsewhere', `${label}: other managers own what the manifest sets`, {
            evidence: foreign.map(({ field, message }) => `${field}: ${message}`),
            fix: 'Leave these fields out of the manifest (an autoscaler owns replicas, for one), or give them up where they are managed.',
        });
    }
    const taken = conflicts.filter(({ manager }) => manager !== FIELD_MANAGER);
    return result(await send(true), label, taken.map(({ field, manager }) => `${field} (was set by ${manager})`));
}
function result(answer, label, taken) {
    if (answer.status === 200 || answer.status === 201) {
        return { created: answer.status === 201, object: answer.body, taken };
    }
    if (answer.status === 404) {
        throw new deploy_error/* DeployError */.sH('manifest-invalid', `${label}: ${messageOf(answer)}`, {
            fix: 'The namespace must exist: create it once (kubectl create namespace NAME), or correct the namespace input.',
        });
    }
    throw refusal(answer, `${label} could not be applied`);
}
function conflictsOf(answer) {
    const parsed = dist/* safeParse */.xLC(StatusSchema, answer.body);
    const causes = parsed.success ? (parsed.output.details?.causes ?? []) : [];
    return causes.flatMap(({ reason, field, message }) => {
        if (reason !== 'FieldManagerConflict')
            return [];
        const manager = /conflict with "([^"]+)"/.exec(message ?? '')?.[1] ?? 'somebody';
        return [{ field: field ?? '', message: message ?? '', manager }];
    });
}
/** Our own earlier patches, our annotations, and the image that the user asked us to set. */
function isOurs({ field, manager }, containers) {
    if (manager === FIELD_MANAGER)
        return true;
    if (Object.values(labels/* LABEL */.d_).some((key) => field === `.metadata.annotations.${key}`))
        return true;
    return containers.some((name) => new RegExp(`ontainers\\[name="${name}"\\]\\.image$`).test(field));
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/containers.js
// Which containers take the image, and the image put into them: by a real reference parser, never by text.


/**
 * The named containers; without a name those that run the repository already (init containers too: a migration of the
 * same image must not stay behind), else the only one. A Reason where that leaves none or too many.
 */
function chooseContainers(template, repository, names, workload) {
    const main = template.spec.containers.map((container) => slot(container, false));
    const all = [...main, ...(template.spec.initContainers ?? []).map((container) => slot(container, true))];
    if (names !== undefined)
        return byName(all, names, workload);
    const matching = all.filter(({ image }) => {
        return repository !== undefined && (0,domain_image/* parseReference */.F2)(image)?.repository.name === repository.name;
    });
    if (matching.some(({ init }) => !init))
        return matching;
    const [only] = main;
    if (only && main.length === 1)
        return [only, ...matching];
    return {
        code: 'container-ambiguous',
        what: `${workload} has several containers and none runs ${repository?.name ?? 'the image'}: ${describe(all)}`,
        fix: `Set container to one of: ${main.map(({ name }) => name).join(', ')}.`,
    };
}
function byName(all, names, workload) {
    const wanted = names.split(/[\s,]+/).filter((name) => name !== '');
    const missing = wanted.filter((name) => !all.some((candidate) => candidate.name === name));
    if (missing.length === 0)
        return all.filter(({ name }) => wanted.includes(name));
    return {
        code: 'container-ambiguous',
        what: `${workload} has no container ${missing.join(', ')}; it has: ${describe(all)}`,
        fix: `Set container to one of: ${all.map(({ name }) => name).join(', ')}.`,
    };
}
function describe(slots) {
    return slots.map(({ name, init, image }) => `${name}${init ? ' (init)' : ''} = ${image}`).join(', ');
}
function slot(container, init) {
    return { name: container.name, init, image: container.image ?? '' };
}
/** The template with another image in these containers; everything else is left as it is. */
function withImages(template, images) {
    const put = (container) => {
        const image = images.get(container.name);
        return image === undefined ? container : { ...container, image };
    };
    const { initContainers, containers } = template.spec;
    return {
        ...template,
        spec: {
            ...template.spec,
            containers: containers.map(put),
            ...(initContainers ? { initContainers: initContainers.map(put) } : {}),
        },
    };
}
/** The image that a template holds for a container. */
function imageOf(template, { name, init }) {
    const list = init ? (template.spec.initContainers ?? []) : template.spec.containers;
    return list.find((container) => container.name === name)?.image ?? undefined;
}
/** Whether two references name the same image: by digest where both have one, whatever registry a webhook wrote. */
function sameImage(one, other) {
    if (one === undefined || other === undefined)
        return false;
    const digest = (0,domain_digest/* digestIn */.s)(one);
    return digest === undefined ? one === other : digest === (0,domain_digest/* digestIn */.s)(other);
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/probe.js

const place = dist/* union */.KCZ([dist/* string */.YjP(), dist/* number */.aig()]);
const ProbeSchema = dist/* object */.Ikc({
    httpGet: dist/* nullish */.cl6(dist/* object */.Ikc({ path: dist/* nullish */.cl6(dist/* string */.YjP()), port: place, scheme: dist/* nullish */.cl6(dist/* string */.YjP()) })),
    tcpSocket: dist/* nullish */.cl6(dist/* object */.Ikc({ port: place })),
    exec: dist/* nullish */.cl6(dist/* object */.Ikc({ command: dist/* nullish */.cl6(dist/* array */.YOg(dist/* string */.YjP())) })),
    grpc: dist/* nullish */.cl6(dist/* object */.Ikc({ port: place, service: dist/* nullish */.cl6(dist/* string */.YjP()) })),
});
/** `GET :8080/healthz`, `tcp :5432`, `exec /bin/check`, `grpc :9000`. */
function describeProbe(probe) {
    const parsed = dist/* safeParse */.xLC(ProbeSchema, probe);
    if (!parsed.success)
        return '(unknown form)';
    const { httpGet, tcpSocket, exec, grpc } = parsed.output;
    if (httpGet)
        return `${httpGet.scheme === 'HTTPS' ? 'GET https' : 'GET'} :${String(httpGet.port)}${httpGet.path ?? '/'}`;
    if (tcpSocket)
        return `tcp :${String(tcpSocket.port)}`;
    if (exec)
        return `exec ${(exec.command ?? []).join(' ')}`.slice(0, 200);
    if (grpc)
        return `grpc :${String(grpc.port)}${grpc.service ? `/${grpc.service}` : ''}`;
    return '(unknown form)';
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/pods.js

const PULL_GRACE = 60_000;
const SCHEDULE_GRACE = 120_000;
const MOUNT_GRACE = 20_000;
const CREATE_GRACE = 30_000;
/** A container that ended this often is not warming up. */
const ENDINGS = 3;
/** A run that lasted so long had started: it died later. */
const LIVED = 10_000;
const ABSENT = /code = NotFound|manifest unknown|name unknown|not found/i;
const NETWORK = /no such host|lookup |connection refused|i\/o timeout|deadline exceeded/i;
const NO_PLATFORM = /no match(ing manifest)? for platform|does not match the specified platform|exec format error/i;
const NO_PROGRAM = /executable file not found|no such file or directory|permission denied|not a directory|is a directory/i;
/** Everything that keeps this pod from being ready, worst first. `events`: warnings about this pod. */
function troublesOf(pod, events) {
    const containers = [
        ...(pod.spec.initContainers ?? []).map((container) => ({ container, init: container.restartPolicy !== 'Always' })),
        ...pod.spec.containers.map((container) => ({ container, init: false })),
    ];
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const found = containers.flatMap(({ container, init }) => {
        const status = statuses.find(({ name }) => name === container.name);
        return status ? ofContainer(pod, container, init, status, events) : [];
    });
    return [...found, ...ofScheduling(pod), ...ofMounts(pod, events)].sort((one, other) => certainty(one) - certainty(other));
}
function certainty({ certainAfter }) {
    return certainAfter === 'never' ? Number.POSITIVE_INFINITY : certainAfter;
}
function ofContainer(pod, container, init, status, events) {
    const waiting = status.state?.waiting;
    const name = `${pod.metadata.name}: ${init ? 'init container' : 'container'} ${container.name}`;
    const trouble = (what, code, certainAfter, more = {}) => ({
        key: `${more.key ?? code}:${pod.metadata.uid}:${container.name}`,
        reason: { code, what: `${name} ${what}`, ...(more.fix === undefined ? {} : { fix: more.fix }) },
        certainAfter,
        pod: pod.metadata.name,
        container: container.name,
    });
    const message = waiting?.message ?? '';
    switch (waiting?.reason ?? '') {
        case 'InvalidImageName':
        case 'ErrImageNeverPull':
            return [trouble(`cannot use its image: ${waiting?.reason ?? ''}: ${message}`, 'image-pull-failed', 0)];
        case 'ErrImagePull':
        case 'ImagePullBackOff':
        case 'RegistryUnavailable':
        case 'ImageInspectError':
        case 'SignatureValidationFailed':
            return [pullTrouble(trouble, container, message, pullEvent(events, container.name))];
        case 'CreateContainerConfigError':
            if (/failed to sync .*cache/i.test(message))
                return [trouble(`waits for its configuration: ${message}`, 'bad-config-reference', PULL_GRACE)];
            return [
                /configmap|secret|key/i.test(message)
                    ? trouble(`refers to configuration that is not there: ${message}`, 'bad-config-reference', 0)
                    : trouble(`cannot be configured: ${message}`, 'cannot-start', 0),
            ];
        case 'CreateContainerError':
            return [
                trouble(`cannot be created: ${message}`, 'cannot-start', /no command specified/.test(message) || NO_PROGRAM.test(message) ? 0 : CREATE_GRACE),
            ];
        default:
            return endingTroubles(pod, container, init, status, events, trouble);
    }
}
function pullTrouble(make, container, message, event) {
    const said = [message, event].filter((text) => text !== '').join(' | ');
    const what = `cannot pull ${container.image ?? 'its image'}: ${said}`;
    if (NO_PLATFORM.test(said))
        return make(what, 'wrong-platform', 0);
    if (ABSENT.test(said) && !NETWORK.test(said))
        return make(what, 'image-pull-failed', 0);
    const fix = /unauthorized|denied|forbidden|authentication|authorization/i.test(said)
        ? 'The registry refuses the nodes: give the service account or the pod template imagePullSecrets that may read the repository.'
        : undefined;
    return make(what, 'image-pull-failed', PULL_GRACE, { key: 'pull', ...(fix === undefined ? {} : { fix }) });
}
function endingTroubles(pod, container, init, status, events, make) {
    const { state, lastState, restartCount } = status;
    const done = state?.terminated;
    if (init && done?.exitCode === 0)
        return [];
    const last = done ?? lastState?.terminated;
    const down = done !== undefined && done !== null
        ? true
        : state?.waiting?.reason !== undefined &&
            state.waiting?.reason !== 'ContainerCreating' &&
            state.waiting?.reason !== 'PodInitializing';
    if (last && down)
        return [endingTrouble(pod, container.name, last, restartCount + 1, events, make)];
    if (state?.waiting?.reason === 'RunContainerError') {
        return [startTrouble(state.waiting.message ?? '', undefined, restartCount + 1, make)];
    }
    if (state?.running && !init && status.ready !== true)
        return [notReady(pod, container, events, make)];
    if (state?.running && init)
        return [make('is still running', 'rollout-timeout', 'never')];
    return [];
}
function endingTrouble(pod, container, last, endings, events, make) {
    if (last.reason === 'StartError' || last.reason === 'ContainerCannotRun' || last.reason === 'RunContainerError') {
        return startTrouble(last.message ?? '', last.exitCode, endings, make);
    }
    const certain = endings >= ENDINGS ? 0 : 'never';
    const times = endings === 1 ? 'once' : `${String(endings)} times`;
    const note = last.message ? `: ${last.message.trim().slice(0, 300)}` : '';
    const ended = `ended ${times}, last with exit code ${String(last.exitCode)}${meaning(last)}${note}`;
    const trouble = crash();
    return { ...trouble, unlessOthersReady: true };
    function crash() {
        if (last.reason === 'OOMKilled')
            return make(`was killed for its memory (${ended})`, 'out-of-memory', certain);
        const killer = events.find(({ reason, message, involvedObject }) => {
            return (reason === 'Unhealthy' &&
                /^(Liveness|Startup) probe/.test(message ?? '') &&
                (involvedObject.fieldPath ?? '').includes(`{${container}}`));
        });
        if (killer)
            return make(`${ended}, after its probe failed: ${killer.message ?? ''}`, 'unhealthy', certain);
        if (last.exitCode === 0)
            return make(ended, 'exited', certain);
        return make(ended, livedOf(last) >= LIVED ? 'died-after-ready' : 'crash-on-start', certain);
    }
}
function startTrouble(message, exitCode, endings, make) {
    const what = `cannot be started: ${message}`;
    if (NO_PLATFORM.test(message))
        return make(what, 'wrong-platform', 0);
    // 128 is also what a node in trouble gives: it is certain only with a message about the program itself.
    if (NO_PROGRAM.test(message) || (exitCode !== undefined && exitCode !== 128))
        return make(what, 'cannot-start', 0);
    return make(what, 'cannot-start', endings >= ENDINGS ? 0 : 'never');
}
function livedOf({ startedAt, finishedAt }) {
    const lived = Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '');
    return Number.isFinite(lived) ? lived : 0;
}
/** What an exit code usually means. */
function meaning({ exitCode, reason }) {
    if (reason === 'OOMKilled')
        return ' (out of memory)';
    const known = {
        126: ' (its command cannot be executed)',
        127: ' (its command was not found)',
        134: ' (aborted)',
        137: ' (killed)',
        139: ' (segmentation fault)',
        143: ' (ended on SIGTERM)',
    };
    return known[exitCode] ?? '';
}
function notReady(pod, container, events, make) {
    const event = events.find(({ reason, involvedObject, message }) => {
        return (reason === 'Unhealthy' &&
            (involvedObject.fieldPath ?? '').includes(`{${container.name}}`) &&
            /^(Readiness|Startup|Liveness) probe/.test(message ?? ''));
    });
    const probe = container.startupProbe && event?.message?.startsWith('Startup') ? container.startupProbe : container.readinessProbe;
    const said = event?.message ? `: ${event.message.trim().slice(0, 300)}` : '';
    const which = probe
        ? `its ${probe === container.startupProbe ? 'startup' : 'readiness'} probe ${describeProbe(probe)} does not pass`
        : 'it is not ready';
    return make(`runs, but ${which}${said}`, 'unhealthy', 'never', {
        fix: 'Read the probe’s answer and the log lines; if the app only needs longer, raise failureThreshold or initialDelaySeconds of the probe, or timeout.',
    });
}
function ofScheduling(pod) {
    const condition = (pod.status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
    if (condition?.status !== 'False')
        return [];
    const message = condition.message ?? condition.reason ?? 'no reason given';
    return [
        {
            key: `unschedulable:${pod.metadata.uid}`,
            reason: {
                code: 'unschedulable',
                what: `${pod.metadata.name}: no node takes it: ${message}`,
                fix: schedulingAdvice(message),
            },
            certainAfter: condition.reason === 'Unschedulable' ? SCHEDULE_GRACE : 'never',
            pod: pod.metadata.name,
        },
    ];
}
function schedulingAdvice(message) {
    const taints = [...message.matchAll(/untolerated taint \{([^}]*)\}/g)].map((match) => match[1] ?? '');
    const advice = [
        ...(taints.length > 0 ? [`tolerate the taint ${[...new Set(taints)].join(', ')} or remove it from a node`] : []),
        ...(/Insufficient (\S+)/.test(message)
            ? [`ask for less ${/Insufficient ([a-z-/.]+)/.exec(message)?.[1] ?? ''}, or add nodes`]
            : []),
        ...(/node affinity|node selector/.test(message)
            ? ['correct nodeSelector or affinity: no node has what it asks for']
            : []),
        ...(/volume/i.test(message) ? ['look at the volume claims: kubectl get pvc'] : []),
    ];
    return advice.length > 0
        ? `${advice.join('; ')}.`.replace(/^./, (letter) => letter.toUpperCase())
        : 'Read what the scheduler says.';
}
function ofMounts(pod, events) {
    const waits = (pod.status?.containerStatuses ?? []).some(({ state }) => state?.waiting !== undefined && state.waiting !== null);
    const event = events.find(({ reason }) => reason === 'FailedMount' || reason === 'FailedCreatePodSandBox' || reason === 'FailedAttachVolume');
    if (!waits || !event)
        return [];
    const message = (event.message ?? '').trim().slice(0, 400);
    const reference = /(configmap|secret) .*not found|references non-existent/i.test(message);
    return [
        {
            key: `mount:${pod.metadata.uid}`,
            reason: {
                code: reference ? 'bad-config-reference' : 'cannot-start',
                what: `${pod.metadata.name}: ${event.reason ?? ''}: ${message}`,
            },
            certainAfter: reference ? MOUNT_GRACE : 'never',
            pod: pod.metadata.name,
        },
    ];
}
function pullEvent(events, container) {
    const event = events.find(({ reason, message, involvedObject }) => {
        return (reason === 'Failed' &&
            (message ?? '').startsWith('Failed to pull image') &&
            (involvedObject.fieldPath ?? '').includes(`{${container}}`));
    });
    return event?.message?.trim().slice(0, 400) ?? '';
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/progress.js

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'controller-revision-hash';
function progressOf(snapshot, workload, wanted) {
    const { generation = 0 } = workload.metadata;
    const seen = workload.status?.observedGeneration ?? 0;
    const observed = seen >= Math.max(generation ?? 0, wanted.generation);
    switch (wanted.id.kind) {
        case 'Deployment':
            return deployment(snapshot, workload, wanted, observed);
        case 'StatefulSet':
            return statefulSet(snapshot, workload, observed);
        case 'DaemonSet':
            return daemonSet(snapshot, workload, observed);
    }
}
function deployment(snapshot, workload, wanted, observed) {
    const newest = observed ? newestReplicaSet(snapshot.replicaSets, workload) : undefined;
    const ours = newest && wanted.containers.every((slot) => sameImage(imageOf(newest.spec.template, slot), slot.image))
        ? newest
        : undefined;
    const { fresh, stale } = split(snapshot.pods, (pod) => ownedBy(pod, ours?.metadata.uid));
    const desired = workload.spec.replicas ?? 1;
    const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, conditions } = workload.status ?? {};
    const condition = (type) => (conditions ?? []).find((candidate) => candidate.type === type);
    const progressing = condition('Progressing');
    const byStatus = updatedReplicas === desired &&
        replicas === updatedReplicas &&
        (availableReplicas ?? 0) >= desired &&
        progressing?.reason === 'NewReplicaSetAvailable' &&
        condition('Available')?.status === 'True';
    // The condition may still be the one of an earlier rollout: it counts only when it names our ReplicaSet.
    const exceeded = ours && progressing?.status === 'False' && (progressing.message ?? '').includes(`"${ours.metadata.name}"`)
        ? `${progressing.reason ?? 'ProgressDeadlineExceeded'}: ${progressing.message ?? ''}`
        : undefined;
    return {
        ...base(fresh, stale, desired, observed),
        done: ours !== undefined && byStatus && podsDone(fresh, stale, desired),
        ...(exceeded === undefined ? {} : { exceeded }),
        owner: ours?.metadata.uid ?? '',
    };
}
function statefulSet(snapshot, workload, observed) {
    const status = workload.status ?? {};
    const revision = observed ? status.updateRevision : undefined;
    const { fresh, stale } = split(snapshot.pods, (pod) => Boolean(revision) && pod.metadata.labels?.[HASH] === revision);
    const desired = workload.spec.replicas ?? 1;
    const byStatus = status.updateRevision === status.currentRevision &&
        status.replicas === desired &&
        (status.readyReplicas ?? 0) === desired &&
        (status.availableReplicas ?? desired) >= desired;
    return {
        ...base(fresh, stale, desired, observed),
        done: observed && byStatus && podsDone(fresh, stale, desired),
        owner: workload.metadata.uid,
    };
}
function daemonSet(snapshot, workload, observed) {
    const status = workload.status ?? {};
    const newest = [...snapshot.revisions].sort((one, other) => other.revision - one.revision)[0];
    const hash = observed ? newest?.metadata.labels?.[HASH] : undefined;
    const { fresh, stale } = split(snapshot.pods, (pod) => Boolean(hash) && pod.metadata.labels?.[HASH] === hash);
    const desired = status.desiredNumberScheduled ?? 0;
    const byStatus = (status.updatedNumberScheduled ?? 0) >= desired && (status.numberAvailable ?? 0) >= desired;
    return {
        ...base(fresh, stale, desired, observed),
        done: observed && byStatus && podsDone(fresh, stale, desired),
        owner: workload.metadata.uid,
    };
}
/** Owned by the workload and carrying its revision: as the controller itself names it. */
function newestReplicaSet(sets, workload) {
    const revision = workload.metadata.annotations?.[REVISION];
    return sets.find((set) => {
        return (revision !== undefined && set.metadata.annotations?.[REVISION] === revision && isOwner(set, workload.metadata.uid));
    });
}
function isOwner(object, uid) {
    return (object.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === uid);
}
function ownedBy(pod, uid) {
    return uid !== undefined && isOwner(pod, uid);
}
function split(pods, isFresh) {
    const there = pods.filter((pod) => !hasEnded(pod));
    return {
        fresh: there.filter((pod) => isFresh(pod) && !pod.metadata.deletionTimestamp),
        stale: there.filter((pod) => !isFresh(pod) || pod.metadata.deletionTimestamp),
    };
}
/** Evicted, preempted, shut down with its node, or terminating with nothing left that runs. */
function hasEnded(pod) {
    const { phase, containerStatuses } = pod.status ?? {};
    if (phase === 'Failed' || phase === 'Succeeded')
        return true;
    if (!pod.metadata.deletionTimestamp)
        return false;
    const statuses = containerStatuses ?? [];
    return statuses.length > 0 && statuses.every(({ state }) => state?.terminated);
}
function podsDone(fresh, stale, desired) {
    return stale.length === 0 && fresh.length === desired && fresh.every((pod) => ready(pod));
}
function ready(pod) {
    return (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}
function base(fresh, stale, desired, observed) {
    const going = stale.filter((pod) => pod.metadata.deletionTimestamp).length;
    const old = stale.length - going;
    const parts = observed
        ? [
            `${String(fresh.filter(ready).length)} of ${String(desired)} new pods ready`,
            ...(old > 0 ? [`${String(old)} old ${old === 1 ? 'runs' : 'run'}`] : []),
            ...(going > 0 ? [`${String(going)} old ending`] : []),
        ]
        : ['the controller has not seen the change yet'];
    return { desired, observed, fresh, stale, detail: parts.join(', ') };
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/classify.js




const ADMISSION_GRACE = 15_000;
/** Long enough for two looks: pods that are just going hold quota for a moment. */
const ADMISSION_CERTAIN = 1000;
/** Memory's key: all was done once. */
const SETTLED = 'settled';
function classify(snapshot, wanted, before) {
    const { workload } = snapshot;
    const { label } = wanted.id;
    const nothing = { name: label, desired: 0, replicas: [] };
    if (!workload || workload.metadata.uid !== wanted.uid) {
        const what = workload ? `${label} was deleted and created anew by somebody else` : `${label} was deleted`;
        return {
            observation: { ...nothing, state: { is: 'failed', reason: { code: 'workload-gone', what } } },
            memory: before,
        };
    }
    const progress = progressOf(snapshot, workload, wanted);
    const fresh = progress.fresh;
    const replicas = [...fresh, ...progress.stale].map((pod) => replicaOf(pod, wanted));
    const base = { name: label, desired: progress.desired, replicas };
    const at = (state, memory, culprit) => ({
        observation: { ...base, state },
        memory,
        ...(culprit ? { culprit } : {}),
    });
    const foreign = wanted.containers.find((slot) => !sameImage(imageOf(workload.spec.template, slot), slot.image));
    if (foreign) {
        const now = imageOf(workload.spec.template, foreign) ?? 'no such container';
        return at({ is: 'superseded', by: `${lastWriter(workload)} set container ${foreign.name} to ${now}` }, before);
    }
    const blocked = blockedReason(workload, label, progress.desired, progress.observed);
    if (blocked)
        return at({ is: 'failed', reason: blocked }, before);
    const troubles = [
        ...diedAfterReady(fresh, before, label),
        ...fresh
            .filter((pod) => !isReady(pod))
            .flatMap((pod) => troublesOf(pod, eventsOf(snapshot.events, pod.metadata.uid))),
        ...admissionTroubles(snapshot, workload, label, progress),
    ];
    const memory = remember(before, troubles, snapshot.now);
    const certain = troubles.find((trouble) => isCertain(trouble, memory, snapshot.now, fresh.some(isReady)));
    if (certain)
        return at({ is: 'failed', reason: withName(certain.reason, label) }, memory, certain);
    if (progress.exceeded !== undefined) {
        const [worst] = troubles;
        const reason = worst
            ? { ...worst.reason, what: `${worst.reason.what} (${progress.exceeded})` }
            : { code: 'unhealthy', what: progress.exceeded };
        return at({ is: 'failed', reason: withName(reason, label) }, memory, worst);
    }
    if (progress.done) {
        return at({ is: 'settled' }, settledMemory(memory, fresh, snapshot.now));
    }
    const [suspect] = troubles;
    const detail = suspect ? `${progress.detail}; ${suspect.reason.what}` : progress.detail;
    return at({ is: 'progressing', detail, ...(suspect ? { suspect: withName(suspect.reason, label) } : {}) }, memory, suspect);
}
function withName(reason, label) {
    return reason.what.startsWith(label) ? reason : { ...reason, what: `${label}: ${reason.what}` };
}
function blockedReason(workload, label, desired, observed) {
    if (workload.spec.paused === true) {
        const fix = `Resume it: kubectl rollout resume ${label}`;
        return { code: 'nothing-runs', what: `${label} is paused: nothing is replaced until it is resumed`, fix };
    }
    if (desired > 0 || (!observed && workload.spec.replicas !== 0))
        return undefined;
    return { code: 'nothing-runs', what: `${label} is scaled to zero: nothing runs, so nothing can be proven` };
}
/** Who changed it last, by the name that the API server keeps. */
function lastWriter(workload) {
    const writers = (workload.metadata.managedFields ?? []).filter(({ subresource }) => !subresource);
    const newest = [...writers].sort((one, other) => Date.parse(other.time ?? '') - Date.parse(one.time ?? ''))[0];
    return newest?.manager ? `${newest.manager} (at ${newest.time ?? 'an unknown time'})` : 'somebody';
}
// ---------------------------------------------------------------- pods
function isReady(pod) {
    return (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}
function replicaOf(pod, wanted) {
    const digests = digestsOf(pod, wanted.containers);
    const digest = digests.find((candidate) => !wanted.accepted.has(candidate)) ?? digests[0];
    const since = (pod.status?.conditions ?? []).find(({ type, status }) => type === 'Ready' && status === 'True');
    const healthySince = Date.parse(since?.lastTransitionTime ?? '');
    return {
        id: `${pod.metadata.name}/${pod.metadata.uid.slice(0, 8)}`,
        healthy: isReady(pod) && !pod.metadata.deletionTimestamp,
        restarts: restartsOf(pod),
        ...(digest === undefined ? {} : { digest }),
        ...(Number.isFinite(healthySince) ? { healthySince } : {}),
        ...(pod.spec.nodeName ? { node: pod.spec.nodeName } : {}),
    };
}
/** What the runtime reports for the containers that take the image; nothing while one of them says nothing. */
function digestsOf(pod, slots) {
    const digests = slots.map(({ name, init }) => {
        const statuses = (init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? [];
        return (0,domain_digest/* digestIn */.s)(statuses.find((status) => status.name === name)?.imageID ?? '');
    });
    return digests.every((digest) => digest !== undefined) ? digests : [];
}
function restartsOf(pod) {
    const ours = new Set(pod.spec.containers.map(({ name }) => name));
    return (pod.status?.containerStatuses ?? [])
        .filter(({ name }) => ours.has(name))
        .reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);
}
function eventsOf(events, uid) {
    return events.filter(({ involvedObject }) => involvedObject.uid === uid);
}
/** After all was done once, a container that ends says: it died after it was ready. */
function diedAfterReady(pods, before, label) {
    if (!before.has(SETTLED))
        return [];
    return pods.flatMap((pod) => {
        const known = before.get(`restarts:${pod.metadata.uid}`);
        if (known === undefined)
            return [];
        const dead = (pod.status?.containerStatuses ?? []).find(({ state, lastState }) => {
            return state?.terminated ?? (restartsOf(pod) > known ? lastState?.terminated : undefined);
        });
        const last = dead?.state?.terminated ?? dead?.lastState?.terminated;
        if (!dead || !last)
            return [];
        const code = last.reason === 'OOMKilled' ? 'out-of-memory' : 'died-after-ready';
        const what = `${label}: ${pod.metadata.name}: container ${dead.name} was ready and then ended with exit code ${String(last.exitCode)}${meaning(last)}`;
        return [
            {
                key: `died:${pod.metadata.uid}:${dead.name}`,
                reason: { code, what },
                certainAfter: 0,
                pod: pod.metadata.name,
                container: dead.name,
            },
        ];
    });
}
function settledMemory(memory, pods, now) {
    if (memory.has(SETTLED)) {
        const news = pods.filter((pod) => !memory.has(`restarts:${pod.metadata.uid}`));
        return news.length === 0 ? memory : new Map([...memory, ...restartMarks(news)]);
    }
    return new Map([...memory, [SETTLED, now], ...restartMarks(pods)]);
}
function restartMarks(pods) {
    return pods.map((pod) => [`restarts:${pod.metadata.uid}`, restartsOf(pod)]);
}
// ---------------------------------------------------------------- what refuses pods
function admissionTroubles({ events }, workload, label, { fresh, stale, desired, owner, observed }) {
    // While all are there, a condition is the memory of an earlier trouble.
    if (!observed || fresh.length >= desired)
        return [];
    const condition = (workload.status?.conditions ?? []).find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
    const event = events.find(({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.uid === owner);
    const message = condition?.message ?? event?.message;
    if (!message)
        return [];
    // A controller that may still remove old pods first frees what they hold.
    const canFree = stale.some((pod) => pod.metadata.deletionTimestamp) || unavailableAllowed(workload) > 0;
    const serviceAccount = /error looking up service account|serviceaccount .* not found/i.test(message);
    return [
        {
            key: `admission:${workload.metadata.uid}`,
            reason: {
                code: serviceAccount ? 'bad-config-reference' : 'quota-exceeded',
                what: `${label}: the cluster refuses new pods: ${message.slice(0, 600)}`,
                ...admissionAdvice(message),
            },
            certainAfter: canFree ? ADMISSION_GRACE : ADMISSION_CERTAIN,
            pod: '',
        },
    ];
}
function admissionAdvice(message) {
    const quota = /exceeded quota: ([^,]+)/.exec(message)?.[1];
    if (quota !== undefined)
        return {
            fix: `Raise the ResourceQuota ${quota}, free what it counts, or let the rolling update remove old pods first (maxUnavailable: 1).`,
        };
    if (message.includes('PodSecurity'))
        return { fix: 'The pod template violates the namespace’s Pod Security level: correct its securityContext.' };
    if (message.includes('admission webhook'))
        return { fix: 'An admission webhook refuses the pods: its message says what it wants.' };
    return {};
}
function unavailableAllowed({ spec }) {
    const allowed = spec.strategy?.rollingUpdate?.maxUnavailable;
    if (spec.strategy?.type === 'Recreate')
        return 1;
    if (typeof allowed === 'number')
        return allowed;
    const percent = /^(\d+)%$/.exec(allowed ?? '')?.[1];
    return percent === undefined ? 0 : Math.floor((Number(percent) / 100) * (spec.replicas ?? 1));
}
// ---------------------------------------------------------------- memory
function remember(before, troubles, now) {
    const news = troubles.filter(({ key }) => !before.has(key));
    return news.length === 0 ? before : new Map([...before, ...news.map(({ key }) => [key, now])]);
}
function isCertain(trouble, memory, now, othersReady) {
    if (trouble.certainAfter === 'never')
        return false;
    if (trouble.unlessOthersReady && othersReady)
        return false;
    return now - (memory.get(trouble.key) ?? now) >= trouble.certainAfter;
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/spec.js


const STAMPED = [labels/* LABEL */.d_.app, labels/* LABEL */.d_.environment, labels/* LABEL */.d_.digest, labels/* LABEL */.d_.revision, labels/* LABEL */.d_.run];
function stampOf(workload) {
    const annotations = workload.metadata.annotations ?? {};
    return Object.fromEntries(STAMPED.flatMap((key) => {
        const value = annotations[key];
        return value === undefined ? [] : [[key, value]];
    }));
}
/** The annotations of a stamp; null removes a key that an earlier release left. */
function stampAnnotations(stamp) {
    return {
        [labels/* LABEL */.d_.app]: stamp.app,
        [labels/* LABEL */.d_.environment]: stamp.environment,
        [labels/* LABEL */.d_.digest]: stamp.digest,
        [labels/* LABEL */.d_.revision]: stamp.revision ?? null,
        [labels/* LABEL */.d_.run]: (0,labels/* runKey */.r7)(stamp.run),
    };
}
/** Annotations that put an earlier stamp back exactly. */
function earlierAnnotations(stamp) {
    return Object.fromEntries(STAMPED.map((key) => [key, stamp[key] ?? null]));
}
function specOf(id, namespace, workload, containers, pins = {}) {
    return {
        id,
        namespace,
        uid: workload.metadata.uid,
        resourceVersion: workload.metadata.resourceVersion,
        generation: workload.metadata.generation ?? 0,
        selector: workload.spec.selector,
        containers,
        template: workload.spec.template,
        whole: workload.spec,
        stamp: stampOf(workload),
        pins,
    };
}
/** The one image of all its containers; undefined while they disagree. */
function imageOfSpec({ containers }) {
    const [first, ...others] = containers;
    return first && others.every(({ image }) => image === first.image) ? first.image : undefined;
}
/** The digest that all its containers are pinned to. */
function pinnedDigest(spec) {
    return digestIn(imageOfSpec(spec) ?? '');
}
function selectorText({ matchLabels, matchExpressions }) {
    const equal = Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
    const others = (matchExpressions ?? []).map(({ key, operator, values }) => {
        const list = `(${(values ?? []).join(',')})`;
        if (operator === 'In')
            return `${key} in ${list}`;
        if (operator === 'NotIn')
            return `${key} notin ${list}`;
        return operator === 'Exists' ? key : `!${key}`;
    });
    return [...equal, ...others].join(',');
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/change.js
// The requests that change one workload: one each, guarded by the version that was read.







const ATTEMPTS = 6;
const PATIENCE = 15_000;
const RESTORE_PATIENCE = 60_000;
const QUERY = { fieldManager: FIELD_MANAGER };
/**
 * Image and stamp in one request. A conflict is looked at: what only the cluster itself touched (status, scale) is tried
 * again with the new version, what somebody else changed is not.
 * @throws DeployError another-rollout, workload-gone, target-denied, manifest-invalid, target-unreachable
 */
async function putImage(api, paths, spec, image, annotations) {
    let resourceVersion = spec.resourceVersion;
    const path = paths.workload(spec.id);
    const named = (init) => spec.containers.filter((slot) => slot.init === init).map(({ name }) => ({ name, image }));
    const init = named(true);
    for (let attempt = 1;; attempt++) {
        const body = {
            metadata: { uid: spec.uid, resourceVersion, annotations },
            spec: { template: { spec: { containers: named(false), ...(init.length > 0 ? { initContainers: init } : {}) } } },
        };
        const answer = await api.request('PATCH', path, { body, type: STRATEGIC, query: QUERY, patience: PATIENCE });
        if (answer.status === 200)
            return parse(WorkloadSchema, answer.body, path);
        if (answer.status !== 409 || attempt === ATTEMPTS)
            throw refusal(answer, `${spec.id.label} could not be replaced`);
        const live = await read(api, path, WorkloadSchema);
        // The request may have been carried out although its answer was lost.
        if (live && change_isOurs(live, spec, image, annotations))
            return live;
        const change = changedSince(live, spec);
        if (change)
            throw change;
        resourceVersion = live?.metadata.resourceVersion ?? '';
    }
}
function change_isOurs(live, spec, image, annotations) {
    return (live.metadata.uid === spec.uid &&
        live.metadata.annotations?.[labels/* LABEL */.d_.run] === annotations[labels/* LABEL */.d_.run] &&
        spec.containers.every((slot) => sameImage(imageOf(live.spec.template, slot), image)));
}
/** What somebody else did to the workload since it was read; undefined: nothing that matters. */
function changedSince(live, spec) {
    const { label } = spec.id;
    if (!live || live.metadata.uid !== spec.uid) {
        return new deploy_error/* DeployError */.sH('workload-gone', `${label} was deleted${live ? ' and created anew' : ''} while this run worked`);
    }
    if (equal(live.spec.template, spec.template) && equal(stampOf(live), spec.stamp))
        return undefined;
    const images = spec.containers.map((slot) => imageOf(live.spec.template, slot) ?? 'none').join(', ');
    return new deploy_error/* DeployError */.sH('another-rollout', `${label} was changed by ${lastWriter(live)}; it now names ${images}`);
}
/** The template and stamp that restore puts back: exact, but for a tag, which is pinned to the digest that ran then. */
function wayBack(to) {
    return {
        template: withImages(to.template, new Map(Object.entries(to.pins))),
        annotations: earlierAnnotations(to.stamp),
    };
}
/**
 * Puts a template back exactly: the same template gives the same ReplicaSet. `whole`: further fields of the spec that
 * this run changed, as they were (undefined removes one).
 */
async function putTemplate(api, paths, to, { template, annotations }, whole, isForeign) {
    const path = paths.workload(to.id);
    for (let attempt = 1;; attempt++) {
        const live = await read(api, path, WorkloadSchema, { patience: RESTORE_PATIENCE });
        if (!live || live.metadata.uid !== to.uid) {
            throw new deploy_error/* DeployError */.sH('workload-gone', `${to.id.label} was deleted${live ? ' and created anew' : ''}`);
        }
        if (isForeign(live)) {
            const what = `${to.id.label} was changed by ${lastWriter(live)} and is left as it is`;
            throw new deploy_error/* DeployError */.sH('another-rollout', what);
        }
        const operations = [
            ...(equal(live.spec.template, template) ? [] : [{ op: 'replace', path: '/spec/template', value: template }]),
            ...[...whole].flatMap(([key, value]) => fieldOperation(key, value, live)),
            ...annotationOperations(annotations, live.metadata.annotations ?? undefined),
        ];
        if (operations.length === 0)
            return live;
        const body = [
            { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
            ...operations,
        ];
        const answer = await api.request('PATCH', path, {
            body,
            type: JSON_PATCH,
            query: QUERY,
            patience: RESTORE_PATIENCE,
        });
        if (answer.status === 200)
            return parse(WorkloadSchema, answer.body, path);
        if (answer.status !== 409 || attempt === ATTEMPTS)
            throw refusal(answer, `${to.id.label} could not be restored`);
    }
}
function fieldOperation(key, value, live) {
    const now = live.spec[key];
    const path = `/spec/${pointer(key)}`;
    if (equal(now, value))
        return [];
    if (value === undefined)
        return [{ op: 'remove', path }];
    return [{ op: now === undefined ? 'add' : 'replace', path, value }];
}
function annotationOperations(wanted, live) {
    const changes = Object.entries(wanted).filter(([key, value]) => (live?.[key] ?? null) !== value);
    if (changes.length === 0)
        return [];
    const values = changes.map(([key, value]) => value === null
        ? { op: 'remove', path: `/metadata/annotations/${pointer(key)}` }
        : { op: 'add', path: `/metadata/annotations/${pointer(key)}`, value });
    return live === undefined ? [{ op: 'add', path: '/metadata/annotations', value: {} }, ...values] : values;
}
/** Writes annotations of the workload's metadata: the controller replaces no pod for them. */
async function annotate(api, paths, { id, uid }, annotations) {
    const body = { metadata: { uid, annotations } };
    const answer = await api.request('PATCH', paths.workload(id), { body, type: MERGE, query: QUERY, patience: PATIENCE });
    if (answer.status !== 200)
        throw refusal(answer, `${id.label} could not be annotated`);
}
/** A JSON pointer's part. */
function pointer(key) {
    return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
/** Deep equality of JSON values, whatever the order of keys. */
function equal(one, other) {
    return canonical(one) === canonical(other);
}
function canonical(value) {
    return JSON.stringify(value, (_, inner) => {
        if (inner === null || typeof inner !== 'object' || Array.isArray(inner))
            return inner;
        return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)));
    });
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/diff.js
// What a change would change, line by line, for people. Pure.
const HIDDEN = new Set(['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid', 'selfLink']);
const LONG = 200;
/** `spec.replicas: 2 → 3`; values of Secrets are never shown. */
function diffLines(before, after, secret = false) {
    return differences(strip(before), strip(after), '', secret);
}
function strip(value) {
    if (!isObject(value))
        return value;
    const fields = Object.entries(value).filter(([key]) => key !== 'status');
    return Object.fromEntries(fields.map(([key, inner]) => {
        if (key !== 'metadata' || !isObject(inner))
            return [key, inner];
        return [key, Object.fromEntries(Object.entries(inner).filter(([name]) => !HIDDEN.has(name)))];
    }));
}
function differences(before, after, at, secret) {
    if (JSON.stringify(before) === JSON.stringify(after))
        return [];
    if (isObject(before) && isObject(after)) {
        const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
        return keys.flatMap((key) => differences(before[key], after[key], at === '' ? key : `${at}.${key}`, secret));
    }
    if (isNamedList(before) && isNamedList(after)) {
        const names = [...new Set([...before, ...after].map(({ name }) => name))];
        const of = (list, name) => list.find((item) => item.name === name);
        return names.flatMap((name) => differences(of(before, name), of(after, name), `${at}[${name}]`, secret));
    }
    const hidden = secret && /^(data|stringData)\b/.test(at);
    return [`${at}: ${hidden ? 'changes (not shown)' : `${shown(before)} → ${shown(after)}`}`];
}
function isNamedList(value) {
    return (Array.isArray(value) &&
        value.length > 0 &&
        value.every((item) => isObject(item) && typeof item['name'] === 'string'));
}
function isObject(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value);
}
function shown(value) {
    if (value === undefined)
        return 'nothing';
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./build/targets/kubernetes/names.js
const KINDS = {
    deployment: 'Deployment',
    deployments: 'Deployment',
    deploy: 'Deployment',
    'deployment.apps': 'Deployment',
    'deployments.apps': 'Deployment',
    statefulset: 'StatefulSet',
    statefulsets: 'StatefulSet',
    sts: 'StatefulSet',
    'statefulset.apps': 'StatefulSet',
    'statefulsets.apps': 'StatefulSet',
    daemonset: 'DaemonSet',
    daemonsets: 'DaemonSet',
    ds: 'DaemonSet',
    'daemonset.apps': 'DaemonSet',
    'daemonsets.apps': 'DaemonSet',
};
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
function workloadId(kind, name) {
    return { kind, name, label: `${kind.toLowerCase()}/${name}` };
}
/** Reads `web`, `deployment/web`, `sts/db`; undefined when it names no kind that we replace. */
function parseWorkload(text) {
    const [first = '', second, ...rest] = text.trim().split('/');
    const kind = second === undefined ? 'Deployment' : KINDS[first.toLowerCase()];
    const name = second ?? first;
    return kind !== undefined && rest.length === 0 && NAME.test(name) ? workloadId(kind, name) : undefined;
}
const PLURALS = {
    Deployment: 'deployments',
    StatefulSet: 'statefulsets',
    DaemonSet: 'daemonsets',
};
function plural(kind) {
    return PLURALS[kind];
}
/** The paths of the API, for one namespace. */
function paths(namespace) {
    const place = encodeURIComponent(namespace);
    const apps = `/apis/apps/v1/namespaces/${place}`;
    const core = `/api/v1/namespaces/${place}`;
    return {
        workloads: (kind) => `${apps}/${plural(kind)}`,
        workload: ({ kind, name }) => `${apps}/${plural(kind)}/${encodeURIComponent(name)}`,
        replicaSets: `${apps}/replicasets`,
        controllerRevisions: `${apps}/controllerrevisions`,
        pods: `${core}/pods`,
        pod: (name) => `${core}/pods/${encodeURIComponent(name)}`,
        log: (pod) => `${core}/pods/${encodeURIComponent(pod)}/log`,
        events: `${core}/events`,
        services: `${core}/services`,
        service: (name) => `${core}/services/${encodeURIComponent(name)}`,
        endpointSlices: `/apis/discovery.k8s.io/v1/namespaces/${place}/endpointslices`,
        leases: `/apis/coordination.k8s.io/v1/namespaces/${place}/leases`,
        lease: (name) => `/apis/coordination.k8s.io/v1/namespaces/${place}/leases/${encodeURIComponent(name)}`,
        accessReviews: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        selfReviews: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    };
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/manifests.js
// Manifests as a person wrote them: files and folders, several documents, lists; read and judged, never templated.






const ObjectSchema = dist/* looseObject */._H3({
    apiVersion: dist/* string */.YjP(),
    kind: dist/* string */.YjP(),
    metadata: dist/* looseObject */._H3({ name: dist/* string */.YjP(), namespace: dist/* nullish */.cl6(dist/* string */.YjP()) }),
});
const SpecSchema = dist/* object */.Ikc({ spec: dist/* object */.Ikc({ template: TemplateSchema }) });
const ListSchema = dist/* object */.Ikc({ kind: dist/* string */.YjP(), items: dist/* array */.YOg(dist/* unknown */.L5J()) });
const REPLACED = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** Reads everything that `manifests` names; every fault of every file at once. */
async function readManifests(places, namespace) {
    const files = (await Promise.all(places.map(filesIn))).flat();
    const read = await Promise.all(files.map((file) => readFileOf(file, namespace)));
    const manifests = read.flatMap((one) => one.manifests);
    const faults = read.flatMap((one) => one.faults);
    const keys = manifests.map(({ apiVersion, kind, name }) => `${apiVersion} ${kind} ${name}`);
    const twice = manifests.filter((_, index) => keys.indexOf(keys[index] ?? '') < index);
    return {
        manifests: manifests.sort((one, other) => orderOf(one) - orderOf(other)),
        faults: [
            ...faults,
            ...twice.map((one) => invalid(one.source, `${one.kind.toLowerCase()}/${one.name} is there twice`)),
            ...(places.length > 0 && manifests.length === 0 && faults.length === 0
                ? [invalid(places.join(', '), 'there is no document in it')]
                : []),
        ],
    };
}
async function filesIn(place) {
    const isFolder = await (0,promises_.stat)(place).then((facts) => facts.isDirectory(), () => false);
    if (!isFolder)
        return [place];
    const names = (await (0,promises_.readdir)(place)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
    return names.map((name) => external_node_path_.join(place, name));
}
async function readFileOf(file, namespace) {
    const text = await (0,promises_.readFile)(file, 'utf8').catch(() => undefined);
    if (text === undefined)
        return { manifests: [], faults: [invalid(file, 'it cannot be read')] };
    if (/^kustomization\.ya?ml$/.test(external_node_path_.basename(file))) {
        return { manifests: [], faults: [invalid(file, 'a kustomization has to be rendered first (kubectl kustomize)')] };
    }
    const { LineCounter, parseAllDocuments } = await __webpack_require__.e(/* import() */ 815).then(__webpack_require__.t.bind(__webpack_require__, 8815, 19));
    const lineCounter = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter });
    const manifests = [];
    const faults = [];
    for (const document of Array.isArray(documents) ? documents : []) {
        const line = lineCounter.linePos(document.contents?.range?.[0] ?? 0).line;
        const source = `${file}:${String(line)}`;
        const [error] = document.errors;
        if (error) {
            const hint = text.includes('{{') ? '; a template has to be rendered first (helm template)' : '';
            const [first = ''] = error.message.split('\n');
            faults.push(invalid(`${file}:${String(error.linePos?.[0].line ?? line)}`, first + hint));
            continue;
        }
        const value = document.toJS();
        if (value === null || value === undefined)
            continue;
        for (const object of flatten(value)) {
            const manifest = manifestOf(object, source, namespace);
            if ('code' in manifest)
                faults.push(manifest);
            else
                manifests.push(manifest);
        }
    }
    return { manifests, faults };
}
function flatten(value) {
    const list = dist/* safeParse */.xLC(ListSchema, value);
    return list.success && list.output.kind.endsWith('List') ? list.output.items : [value];
}
function manifestOf(value, source, namespace) {
    const parsed = dist/* safeParse */.xLC(ObjectSchema, value);
    if (!parsed.success) {
        const where = parsed.issues[0].path?.map((part) => String(part.key)).join('.') ?? 'the document';
        return invalid(source, `${where} is missing or of the wrong kind: apiVersion, kind and metadata.name are needed`);
    }
    const { apiVersion, kind, metadata } = parsed.output;
    if (kind === 'Namespace') {
        const what = 'a release never creates or changes a namespace: create it once, outside (kubectl create namespace)';
        return invalid(source, what);
    }
    if (metadata.namespace && metadata.namespace !== namespace) {
        const what = `${kind.toLowerCase()}/${metadata.name} is for namespace ${metadata.namespace}, but ${namespace} is released to: set the namespace input`;
        return invalid(source, what);
    }
    const base = { apiVersion, kind, name: metadata.name, object: parsed.output, source };
    if (apiVersion !== 'apps/v1' || !REPLACED.has(kind))
        return base;
    const spec = dist/* safeParse */.xLC(SpecSchema, value);
    if (!spec.success)
        return invalid(source, `${kind.toLowerCase()}/${metadata.name} has no pod template with containers`);
    return { ...base, workload: { id: workloadId(kind, metadata.name), template: spec.output.spec.template } };
}
function invalid(source, problem) {
    return { code: 'manifest-invalid', what: `${source}: ${problem}` };
}
const FIRST = [
    'CustomResourceDefinition',
    'ServiceAccount',
    'Role',
    'RoleBinding',
    'Secret',
    'ConfigMap',
    'PersistentVolumeClaim',
    'Service',
];
/** What others refer to comes first, workloads last. */
function orderOf({ kind, workload }) {
    if (workload)
        return 100;
    const at = FIRST.indexOf(kind);
    return at < 0 ? 50 : at;
}
/** An object with the image put into every container that runs its repository, wherever a pod template is. */
function withRepositoryImage(object, repository, image) {
    if (Array.isArray(object))
        return object.map((item) => withRepositoryImage(item, repository, image));
    if (object === null || typeof object !== 'object')
        return object;
    return Object.fromEntries(Object.entries(object).map(([key, value]) => {
        const isList = (key === 'containers' || key === 'initContainers') && Array.isArray(value);
        return [
            key,
            isList ? value.map((item) => manifests_putImage(item, repository, image)) : withRepositoryImage(value, repository, image),
        ];
    }));
}
const ImageSchema = dist/* looseObject */._H3({ name: dist/* string */.YjP(), image: dist/* string */.YjP() });
function manifests_putImage(container, repository, image) {
    const parsed = dist/* safeParse */.xLC(ImageSchema, container);
    if (!parsed.success || (0,domain_image/* parseReference */.F2)(parsed.output.image)?.repository.name !== repository.name)
        return container;
    return { ...parsed.output, image };
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/applier.js
// Manifests in a release: read once, tried at preflight, applied with the image put in, taken back where they were new.









const applier_ATTEMPTS = 6;
async function makeApplier(around, repository) {
    const { api, paths, namespace, onWarning } = around;
    const { manifests, faults } = await readManifests(around.places, namespace);
    const mapper = makeMapper(api, namespace);
    const chosen = choose(manifests, around, repository);
    const workloads = chosen.flatMap((one) => ('code' in one ? [] : [one]));
    const others = manifests.filter(({ workload }) => !workloads.some(({ id }) => id.label === workload?.id.label));
    const created = [];
    const label = ({ kind, name }) => `${kind.toLowerCase()}/${name}`;
    const slotsOf = (manifest) => {
        return workloads.find(({ id }) => id.label === manifest.workload?.id.label)?.slots ?? [];
    };
    const rendered = (manifest, image) => {
        if (!image)
            return { ...manifest.object };
        const reference = (0,domain_image/* pinned */.dp)(image);
        const object = withRepositoryImage(manifest.object, image.repository, reference);
        const { workload } = manifest;
        if (!workload)
            return object;
        const images = new Map(slotsOf(manifest).map(({ name }) => [name, reference]));
        const spec = object['spec'];
        return { ...object, spec: { ...spec, template: withImages(spec.template, images) } };
    };
    const take = (path, manifest, { created: isNew, object, taken }) => {
        if (isNew)
            created.push({ path, kind: manifest.kind, uid: uidOf(object) });
        if (taken.length > 0)
            onWarning?.(`${label(manifest)}: taken over: ${taken.join(', ')}`);
    };
    async function tryOne(manifest, image) {
        try {
            const path = await mapper.pathOf(manifest);
            const live = await api.request('GET', path);
            const containers = slotsOf(manifest).map(({ name }) => name);
            const { object } = await applyObject(api, path, label(manifest), rendered(manifest, image), {
                dryRun: true,
                containers,
            });
            if (live.status === 404)
                return { faults: [], plan: [`${label(manifest)} would be created`] };
            const lines = diffLines(live.body, object, manifest.kind === 'Secret');
            return { faults: [], plan: lines.map((line) => `${label(manifest)}: ${line}`) };
        }
        catch (error) {
            return { faults: [(0,deploy_error/* asDeployError */.y0)(error)], plan: [] };
        }
    }
    async function undo() {
        const mine = created.splice(0).reverse();
        for (const { path, kind, uid } of mine) {
            if (kind === 'PersistentVolumeClaim')
                continue;
            const body = { propagationPolicy: 'Background', preconditions: { uid } };
            await api.request('DELETE', path, { body });
        }
    }
    async function applyOthers(image) {
        for (const manifest of others) {
            try {
                const path = await mapper.pathOf(manifest);
                take(path, manifest, await applyObject(api, path, label(manifest), rendered(manifest, image), { containers: [] }));
            }
            catch (error) {
                await undo();
                throw error;
            }
        }
        const config = others.filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret');
        if (config.length === 0)
            return;
        onWarning?.(`${config.map(label).join(', ')} are applied with this release and do not go back with the image`);
    }
    async function applyWorkload(spec, image, annotations) {
        const manifest = manifests.find(({ workload }) => workload?.id.label === spec.id.label);
        if (!manifest)
            throw new deploy_error/* DeployError */.sH('internal-error', `${spec.id.label} is in no manifest`);
        const object = rendered(manifest, image);
        const metadata = manifest.object['metadata'];
        const stamp = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== null));
        let version = spec.resourceVersion;
        for (let attempt = 1;; attempt++) {
            const guarded = {
                ...object,
                metadata: {
                    ...metadata,
                    annotations: { ...metadata.annotations, ...stamp },
                    ...(spec.uid === '' ? {} : { uid: spec.uid, resourceVersion: version }),
                },
            };
            try {
                const path = paths.workload(spec.id);
                const containers = slotsOf(manifest).map(({ name }) => name);
                const applied = await applyObject(api, path, spec.id.label, guarded, { containers });
                take(path, manifest, applied);
                return parse(WorkloadSchema, applied.object, path);
            }
            catch (error) {
                // Only the cluster's own writes (status, scale) are no reason to stop.
                if ((0,deploy_error/* asDeployError */.y0)(error).code !== 'another-rollout' || spec.uid === '' || attempt === applier_ATTEMPTS)
                    throw error;
                const live = await read(api, paths.workload(spec.id), WorkloadSchema);
                const change = changedSince(live, spec);
                if (change)
                    throw change;
                version = live?.metadata.resourceVersion ?? '';
            }
        }
    }
    return {
        workloads,
        faults: [...faults, ...chosen.flatMap((one) => ('code' in one ? [one] : []))],
        rights: async () => {
            const found = await Promise.all(manifests.map((manifest) => mapper.resourceOf(manifest).catch(() => undefined)));
            return found.filter((right) => right !== undefined);
        },
        tryAll: async (image) => {
            const tried = await Promise.all(manifests.map((manifest) => tryOne(manifest, image)));
            return { faults: tried.flatMap((one) => one.faults), plan: tried.flatMap((one) => one.plan) };
        },
        applyOthers,
        applyWorkload,
        has: (id) => workloads.some((workload) => workload.id.label === id.label),
        undo,
    };
}
/** The named workloads; without a name those that run the repository, else the only one. */
function choose(manifests, { container, wanted }, repository) {
    const described = manifests.flatMap(({ workload, source }) => (workload ? [{ ...workload, source }] : []));
    const slots = ({ id, template }) => {
        const found = chooseContainers(template, repository, container, id.label);
        return 'code' in found ? found : { id, slots: found };
    };
    if (wanted.length > 0) {
        return described.filter(({ id }) => wanted.some(({ label }) => label === id.label)).map(slots);
    }
    if (described.length === 1)
        return described.map(slots);
    const matching = described.filter(({ template }) => {
        const text = JSON.stringify(withRepositoryImage(template, repository ?? NOWHERE, 'x'));
        return text !== JSON.stringify(template);
    });
    if (matching.length > 0 || described.length === 0)
        return matching.map(slots);
    const names = described.map(({ id }) => id.label).join(', ');
    const what = `no workload of the manifests runs ${repository?.name ?? 'the image'}: ${names}`;
    return [{ code: 'manifest-invalid', what, fix: 'Name those that take the image with workload.' }];
}
const NOWHERE = { registry: '', path: '', name: '' };
function uidOf(object) {
    return object.metadata?.uid ?? '';
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/access.js
// What a release may do in the cluster: asked before anything is changed, and printed as the Role that grants it.


const APPS = 'apps';
/** Every right that a release with these workloads will use. */
function rightsFor({ kinds, blueGreen, applied }) {
    const of = (group, resource, verbs, subresource) => verbs.map((verb) => ({ group, resource, verb, ...(subresource === undefined ? {} : { subresource }) }));
    return [
        ...kinds.flatMap((kind) => of(APPS, plural(kind), ['get', 'list', 'watch', 'patch'])),
        ...(kinds.includes('Deployment') ? of(APPS, 'replicasets', ['list', 'watch']) : []),
        ...(kinds.some((kind) => kind !== 'Deployment') ? of(APPS, 'controllerrevisions', ['list', 'watch']) : []),
        ...of('', 'pods', ['list', 'watch']),
        ...of('', 'pods', ['get'], 'log'),
        ...of('', 'events', ['list']),
        ...(kinds.includes('StatefulSet') ? of('', 'pods', ['delete']) : []),
        ...of('coordination.k8s.io', 'leases', ['get', 'create', 'update', 'delete']),
        ...(blueGreen
            ? [
                ...of(APPS, 'deployments', ['create']),
                ...of('', 'services', ['get', 'create', 'patch', 'delete']),
                ...of('discovery.k8s.io', 'endpointslices', ['list']),
            ]
            : []),
        ...applied.flatMap(({ group, resource }) => of(group, resource, ['get', 'create', 'patch'])),
    ];
}
const ReviewSchema = dist/* object */.Ikc({ status: dist/* nullish */.cl6(dist/* object */.Ikc({ allowed: dist/* boolean */.zMY() })) });
const SelfSchema = dist/* object */.Ikc({
    status: dist/* object */.Ikc({ userInfo: dist/* object */.Ikc({ username: dist/* nullish */.cl6(dist/* string */.YjP()) }) }),
});
/** The rights that are missing, as one reason with the Role that grants all of them; undefined when none is. */
async function missingRights(api, paths, namespace, rights) {
    const answers = await Promise.all(rights.map((right) => isAllowed(api, paths, namespace, right)));
    const missing = rights.filter((_, index) => answers[index] === false);
    if (missing.length === 0)
        return undefined;
    const who = await whoAmI(api, paths);
    const names = missing.map(nameOf);
    return {
        code: 'target-denied',
        what: `${who} may not do what this release needs in namespace ${namespace}: ${names.join('; ')}`,
        evidence: ['the Role that grants everything a release needs:', ...roleLines(namespace, rights)],
        fix: 'Apply the Role below and bind it to the user or service account of this step.',
    };
}
/** undefined: the cluster does not say. */
async function isAllowed(api, paths, namespace, right) {
    const { group, resource, subresource, verb, name } = right;
    const resourceAttributes = { namespace, group, resource, subresource, verb, name };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
    const answer = await api.request('POST', paths.accessReviews, { body });
    const parsed = dist/* safeParse */.xLC(ReviewSchema, answer.body);
    return answer.status === 201 && parsed.success ? parsed.output.status?.allowed : undefined;
}
async function whoAmI(api, paths) {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await api.request('POST', paths.selfReviews, { body }).catch(() => undefined);
    const parsed = dist/* safeParse */.xLC(SelfSchema, answer?.body);
    return (parsed.success && parsed.output.status.userInfo.username) || 'this user';
}
function nameOf({ verb, resource, subresource, group, name }) {
    const full = `${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`;
    return `${verb} ${full}${name ? ` ${name}` : ''}`;
}
/** The Role as YAML, one rule for each group and resource. */
function roleLines(namespace, rights) {
    const rules = new Map();
    for (const { group, resource, subresource, verb } of rights) {
        const full = subresource === undefined ? resource : `${resource}/${subresource}`;
        const rule = rules.get(`${group}/${full}`) ?? { group, resource: full, verbs: [] };
        if (!rule.verbs.includes(verb))
            rule.verbs.push(verb);
        rules.set(`${group}/${full}`, rule);
    }
    return [
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: Role',
        `metadata: { name: immutable-deploy, namespace: ${namespace} }`,
        'rules:',
        ...[...rules.values()].map(({ group, resource, verbs }) => {
            return `  - { apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${verbs.join(', ')}] }`;
        }),
    ];
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/owners.js
// Tools that would put back what a release changes.

const GITOPS = 'it will set the image back at its next sync: change the image in its Git source, or exclude the image field from it';
/** Who else manages this workload, by labels, annotations and the managers that the API server keeps. */
function ownersOf({ metadata }) {
    const labels = metadata.labels ?? {};
    const annotations = metadata.annotations ?? {};
    const managers = (metadata.managedFields ?? []).map(({ manager }) => manager ?? '');
    const has = (pattern) => managers.some((manager) => pattern.test(manager));
    const owners = [];
    if (annotations['argocd.argoproj.io/tracking-id'] !== undefined ||
        labels['argocd.argoproj.io/instance'] !== undefined ||
        has(/^argocd/)) {
        const advice = `${GITOPS} (ignoreDifferences, with RespectIgnoreDifferences)`;
        owners.push({ name: 'Argo CD', advice });
    }
    if (Object.keys(labels).some((key) => key.startsWith('kustomize.toolkit.fluxcd.io/')) ||
        Object.keys(labels).some((key) => key.startsWith('helm.toolkit.fluxcd.io/')) ||
        has(/^(kustomize|helm)-controller$/)) {
        const advice = `${GITOPS} (kustomize.toolkit.fluxcd.io/ssa: IfNotPresent, or suspend it)`;
        owners.push({ name: 'Flux', advice });
    }
    if (annotations['meta.helm.sh/release-name'] !== undefined ||
        labels['app.kubernetes.io/managed-by'] === 'Helm' ||
        has(/^helm$/)) {
        const advice = `the next helm upgrade sets the image to its values: keep image.digest there in step`;
        owners.push({ name: 'Helm', advice });
    }
    return owners;
}
function ownershipWarnings(workload, { label }) {
    return ownersOf(workload).map(({ name, advice }) => {
        return `${label} is managed by ${name}: ${advice} (managed-elsewhere; our field manager is ${FIELD_MANAGER})`;
    });
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/check.js
// Preflight: everything that stands against a release, asked at once; nothing is changed.








async function checkCluster(around, context) {
    const { request, api, ids, files, namespace, paths } = around;
    const spelling = request.workloads.filter((text) => !parseWorkload(text)).map(misspelt);
    const kinds = [...new Set(ids.map(({ kind }) => kind))];
    const need = { kinds, blueGreen: request.strategy === 'blue-green', applied: await files.rights() };
    const [denied, skew] = await Promise.all([missingRights(api, paths, namespace, rightsFor(need)), skewWarning(api)]);
    // Without the right to read there is nothing more to say, and a 403 would say it less well.
    const found = denied ? [] : await around.find();
    const faults = [
        ...spelling,
        ...(denied ? [denied] : []),
        ...files.faults,
        ...(ids.length === 0 && files.faults.length === 0 ? [noWorkload()] : []),
        ...found.flatMap((one) => (one.workload || !files.has(one.id) ? faultsOf(one, namespace, request) : [])),
    ];
    const tried = faults.length > 0 ? { faults: [], plan: [] } : await files.tryAll(context.image);
    const { image } = context;
    const plan = await Promise.all((faults.length > 0 ? [] : found.filter(({ workload }) => workload)).map((one) => planOf(around, one, context.dryRun, image)));
    return {
        faults: [...faults, ...tried.faults],
        warnings: [...skew, ...found.flatMap(({ workload, id }) => (workload ? warningsOf(workload, id) : []))],
        plan: [...plan.flat(), ...tried.plan],
    };
}
function noWorkload() {
    return {
        code: 'workload-not-found',
        what: 'no workload is named, and the manifests describe none',
        fix: 'Set workload.',
    };
}
function misspelt(text) {
    return {
        code: 'invalid-input',
        what: `workload ${text}: not a workload that can be replaced`,
        fix: 'Write deployment/NAME, statefulset/NAME or daemonset/NAME; a name alone is a Deployment.',
    };
}
function faultsOf(found, namespace, request) {
    const { id, workload, fault } = found;
    if (!workload) {
        return [
            {
                code: 'workload-not-found',
                what: `${id.label} does not exist in namespace ${namespace}`,
                fix: creation(id, namespace),
            },
        ];
    }
    return [...(fault ? [fault] : []), ...stateFaults(workload, id, request)];
}
function creation({ kind, name }, namespace) {
    return kind === 'Deployment'
        ? `Create it: kubectl create deployment ${name} --namespace ${namespace} --image IMAGE --replicas 2; or name its manifests.`
        : `Create it: kubectl apply --namespace ${namespace} -f FILE; or name that file as manifests.`;
}
function stateFaults({ spec }, { kind, label }, request) {
    const faults = [];
    if (spec.paused === true) {
        const fix = `Resume it: kubectl rollout resume ${label}`;
        faults.push({ code: 'nothing-runs', what: `${label} is paused: nothing would be replaced`, fix });
    }
    if (kind !== 'DaemonSet' && spec.replicas === 0) {
        const fix = `Scale it up: kubectl scale ${label} --replicas 1`;
        faults.push({ code: 'nothing-runs', what: `${label} is scaled to zero: nothing would run`, fix });
    }
    if (spec.updateStrategy?.type === 'OnDelete') {
        const what = `${label} has the update strategy OnDelete: its pods would keep the old version until somebody deletes them`;
        faults.push({ code: 'not-supported', what, fix: 'Set updateStrategy.type to RollingUpdate.' });
    }
    if ((spec.updateStrategy?.rollingUpdate?.partition ?? 0) > 0) {
        const what = `${label} has a partition: pods below it would keep the old version`;
        faults.push({ code: 'not-supported', what, fix: 'Set updateStrategy.rollingUpdate.partition to 0.' });
    }
    if (request.strategy === 'blue-green' && kind !== 'Deployment') {
        faults.push({
            code: 'not-supported',
            what: `${label}: blue-green is for Deployments`,
            fix: 'Use strategy: rolling.',
        });
    }
    return faults;
}
function warningsOf(workload, id) {
    const { containers } = workload.spec.template.spec;
    const unprobed = containers.filter(({ readinessProbe, startupProbe }) => !readinessProbe && !startupProbe);
    return [
        ...ownershipWarnings(workload, id),
        ...(unprobed.length === containers.length
            ? [`${id.label} has no readiness probe: a pod counts as ready as soon as its process runs`]
            : []),
    ];
}
async function planOf({ api, paths, files }, { id, workload, slots }, dryRun, image) {
    const next = image ? (0,domain_image/* pinned */.dp)(image) : 'the released digest';
    const lines = slots.map(({ name, init, image: now }) => {
        return `${id.label} ${init ? 'init container' : 'container'} ${name}: ${shortImage(now)} → ${next}`;
    });
    // What manifests change is in the dry run of the manifests.
    if (!dryRun || !image || !workload || files.has(id))
        return lines;
    const named = (init) => slots.filter((slot) => slot.init === init).map(({ name }) => ({ name, image: (0,domain_image/* pinned */.dp)(image) }));
    const initContainers = named(true);
    const body = {
        spec: {
            template: {
                spec: { containers: named(false), ...(initContainers.length > 0 ? { initContainers } : {}) },
            },
        },
    };
    const query = { dryRun: 'All', fieldManager: FIELD_MANAGER };
    const answer = await api.request('PATCH', paths.workload(id), { body, type: STRATEGIC, query });
    if (answer.status !== 200)
        return [...lines, `${id.label}: the cluster would refuse it: ${messageOf(answer)}`];
    const live = await api.request('GET', paths.workload(id));
    return [...lines, ...diffLines(live.body, answer.body).map((line) => `${id.label}: ${line}`)];
}
function shortImage(image) {
    const [name, digest] = image.split('@');
    return digest === undefined ? image : `${name ?? ''}@${(0,domain_digest/* shortDigest */.VK)(digest)}`;
}
const VersionSchema = dist/* object */.Ikc({ gitVersion: dist/* string */.YjP() });
/** kubectl supports one minor version of difference; more mostly works, so it is said and not refused. */
async function skewWarning(api) {
    const answer = await api.request('GET', '/version');
    const parsed = dist/* safeParse */.xLC(VersionSchema, answer.body);
    const client = await api.clientVersion?.();
    if (!parsed.success || client === undefined)
        return [];
    const [one, other] = [minor(client), minor(parsed.output.gitVersion)];
    if (one === undefined || other === undefined || Math.abs(one - other) <= 1)
        return [];
    return [
        `kubectl is ${client} and the cluster ${parsed.output.gitVersion}: more than one minor version apart; set kubectl-version to match`,
    ];
}
function minor(version) {
    const match = /^v?1\.(\d+)/.exec(version);
    return match ? Number(match[1]) : undefined;
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/current.js
// What runs now, read fresh: one look at each workload and its pods.










/** The workload and which of its containers take the image. */
async function find(api, paths, id, repository, container) {
    const workload = await read(api, paths.workload(id), WorkloadSchema);
    if (!workload)
        return { id, workload, slots: [] };
    const slots = chooseContainers(workload.spec.template, repository, container, id.label);
    return 'code' in slots ? { id, workload, slots: [], fault: slots } : { id, workload, slots };
}
/** The pods of a workload, whatever version they run. */
async function podsOf(api, paths, { kind }, workload) {
    const query = { labelSelector: selectorText(workload.spec.selector) };
    const [pods, sets] = await Promise.all([
        listAll(api, paths.pods, query).then((body) => listOf(PodSchema, body).items),
        kind === 'Deployment'
            ? listAll(api, paths.replicaSets, query).then((body) => listOf(ReplicaSetSchema, body).items)
            : [],
    ]);
    const { uid } = workload.metadata;
    const owners = [uid, ...sets.filter((set) => isOwner(set, uid)).map(({ metadata }) => metadata.uid)];
    return pods.filter((pod) => owners.some((owner) => isOwner(pod, owner)));
}
async function listAll(api, path, query) {
    const answer = await api.request('GET', path, { query });
    if (answer.status !== 200)
        throw refusal(answer, `${path} could not be listed`);
    return answer.body;
}
async function runningOf(api, paths, namespace, found) {
    const { id, workload, slots } = found;
    if (!workload)
        return absent(id, namespace, slots);
    if (found.fault)
        throw (0,deploy_error/* fail */.fJ)(found.fault);
    const pods = (await podsOf(api, paths, id, workload)).filter(({ status }) => {
        return status?.phase === 'Running' || status?.phase === 'Pending';
    });
    const alive = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
    const digests = [...new Set(alive.flatMap((pod) => digestsOf(pod, slots)))];
    const desired = desiredOf(id, workload);
    const ready = alive.filter(isReady).length;
    const spec = specOf(id, namespace, workload, slots, pinsOf(alive, slots));
    const image = imageOfSpec(spec);
    const stamp = stampOf(workload);
    // A stamp counts only while its digest is what the template holds.
    const revision = image !== undefined && (0,domain_digest/* digestIn */.s)(image) === stamp[labels/* LABEL */.d_.digest] ? stamp[labels/* LABEL */.d_.revision] : undefined;
    return {
        name: id.label,
        namespace,
        exists: true,
        ...(image === undefined ? {} : { image }),
        digests,
        ...(revision === undefined ? {} : { revision }),
        desired,
        ready,
        stable: pods.length === alive.length && ready === desired && alive.length === desired && isSettled(id, workload),
        spec,
    };
}
function absent(id, namespace, containers) {
    const spec = {
        id,
        namespace,
        uid: '',
        resourceVersion: '',
        generation: 0,
        selector: { matchLabels: {}, matchExpressions: [] },
        containers,
        template: { spec: { containers: [] } },
        whole: {},
        stamp: {},
        pins: {},
    };
    return { name: id.label, namespace, exists: false, digests: [], desired: 0, ready: 0, stable: true, spec };
}
function desiredOf({ kind }, { spec, status }) {
    return kind === 'DaemonSet' ? (status?.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1);
}
function isSettled({ kind }, { metadata, spec, status }) {
    if (!status || (status.observedGeneration ?? 0) < (metadata.generation ?? 0))
        return false;
    if (kind === 'Deployment')
        return status.updatedReplicas === spec.replicas && status.replicas === spec.replicas;
    if (kind === 'StatefulSet')
        return status.currentRevision === status.updateRevision;
    return status.updatedNumberScheduled === status.desiredNumberScheduled;
}
/**
 * Where a template names only a tag: the digest that all pods run, as an image to go back to. Only a form that names the
 * repository can be pulled again; a bare config digest can't.
 */
function pinsOf(pods, slots) {
    const pins = slots.flatMap(({ name, init, image }) => {
        const reference = (0,domain_image/* parseReference */.F2)(image);
        if (!reference || reference.digest !== undefined)
            return [];
        const ids = pods.flatMap((pod) => {
            const statuses = (init ? pod.status?.initContainerStatuses : pod.status?.containerStatuses) ?? [];
            return statuses.find((status) => status.name === name)?.imageID ?? [];
        });
        const digests = new Set(ids.map((id) => (id.includes('@') ? (0,domain_digest/* digestIn */.s)(id) : undefined)));
        const [digest] = digests;
        return digests.size === 1 && digest ? [[name, `${reference.repository.name}@${digest}`]] : [];
    });
    return Object.fromEntries(pins);
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/history.js
// What the cluster itself remembers: our history on the workload, and old templates in ReplicaSets and ControllerRevisions.








const digest = dist/* custom */.IeY((value) => typeof value === 'string' && (0,domain_digest/* isDigest */.Bc)(value));
const HistorySchema = dist/* object */.Ikc({
    verified: dist/* array */.YOg(dist/* object */.Ikc({
        digest,
        revision: dist/* optional */.lqM(dist/* string */.YjP()),
        at: dist/* string */.YjP(),
        run: dist/* optional */.lqM(dist/* string */.YjP()),
        accepted: dist/* optional */.lqM(dist/* array */.YOg(digest)),
    })),
    bad: dist/* array */.YOg(dist/* object */.Ikc({ digest, revision: dist/* optional */.lqM(dist/* string */.YjP()), at: dist/* string */.YjP() })),
});
/** The history on a workload; empty where there is none or somebody spoilt it. */
function historyOf(workload) {
    const text = workload?.metadata.annotations?.[labels/* LABEL */.d_.history];
    if (text === undefined)
        return labels/* EMPTY_HISTORY */.nF;
    try {
        const parsed = dist/* safeParse */.xLC(HistorySchema, JSON.parse(text));
        return parsed.success ? parsed.output : labels/* EMPTY_HISTORY */.nF;
    }
    catch {
        return labels/* EMPTY_HISTORY */.nF;
    }
}
/** Workloads of one release share their history; one that joined later has the shorter one. */
function longest(histories) {
    const [first = labels/* EMPTY_HISTORY */.nF] = [...histories].sort((one, other) => other.verified.length - one.verified.length);
    return first;
}
/**
 * The exact template that ran that digest, from the newest ReplicaSet or ControllerRevision that holds it: put back, the
 * same ReplicaSet comes back, with its images on the nodes.
 */
async function templateOf(api, paths, found, wanted) {
    const templates = await templatesOf(api, paths, found);
    return templates.find((template) => holds(template, found.slots, wanted));
}
function holds(template, slots, wanted) {
    return slots.length > 0 && slots.every((slot) => sameImage(`any@${wanted}`, imageOf(template, slot)));
}
/** Newest first. */
async function templatesOf(api, paths, { id, workload }) {
    const query = { labelSelector: selectorText(workload.spec.selector) };
    const { uid } = workload.metadata;
    if (id.kind === 'Deployment') {
        const sets = listOf(ReplicaSetSchema, await listAll(api, paths.replicaSets, query)).items;
        return sets
            .filter((set) => isOwner(set, uid))
            .sort((one, other) => revisionOf(other.metadata.annotations) - revisionOf(one.metadata.annotations))
            .map(({ spec }) => withoutHash(spec.template));
    }
    const revisions = listOf(ControllerRevisionSchema, await listAll(api, paths.controllerRevisions, query)).items;
    return revisions
        .filter((revision) => isOwner(revision, uid))
        .sort((one, other) => other.revision - one.revision)
        .flatMap(({ data }) => templateIn(data));
}
function revisionOf(annotations) {
    return Number(annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}
/** The label that the controller adds to a ReplicaSet's copy of the template. */
function withoutHash(template) {
    const labels = Object.entries(template.metadata?.labels ?? {}).filter(([key]) => key !== 'pod-template-hash');
    return { ...template, metadata: { ...template.metadata, labels: Object.fromEntries(labels) } };
}
const RevisionDataSchema = dist/* object */.Ikc({ spec: dist/* object */.Ikc({ template: TemplateSchema }) });
/** A ControllerRevision holds a patch: the template with the instruction to replace. */
function templateIn(data) {
    const parsed = dist/* safeParse */.xLC(RevisionDataSchema, data);
    if (!parsed.success)
        return [];
    const fields = Object.entries(parsed.output.spec.template).filter(([key]) => key !== '$patch');
    return [Object.fromEntries(fields)];
}

// EXTERNAL MODULE: ./build/domain/tags.js
var tags = __webpack_require__(5112);
;// CONCATENATED MODULE: ./build/targets/kubernetes/lease.js
// One run at a time for an app in an environment: a Lease that heals itself. It keeps runs apart; what protects the
// workloads is the version that every changing request carries.





const DURATION_S = 15;
const RENEW_EVERY = 5000;
/** Clocks of two runners may differ by so much. */
const SKEW = 5000;
const ASK_EVERY = 500;
const lease_PATIENCE = 15 * 60_000;
/** A DNS name, at most 63 characters, for whatever app and environment. */
function lockName(app, environment) {
    const slug = `${app}-${(0,tags/* environmentSlug */.Hn)(environment)}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    return `immutable-deploy-${slug}`.slice(0, 63).replace(/-+$/, '');
}
function makeLock(options) {
    const { api, paths, clock, name } = options;
    const holder = (0,labels/* runKey */.r7)(options.run);
    const path = paths.lease(name);
    let held;
    let timer;
    let renewal = Promise.resolve();
    const body = (before) => {
        const now = new Date(clock.now()).toISOString().replace('Z', '000Z');
        return {
            apiVersion: 'coordination.k8s.io/v1',
            kind: 'Lease',
            metadata: {
                name,
                labels: { 'app.kubernetes.io/managed-by': FIELD_MANAGER },
                ...(before ? { resourceVersion: before.metadata.resourceVersion, uid: before.metadata.uid } : {}),
            },
            spec: {
                holderIdentity: holder,
                leaseDurationSeconds: DURATION_S,
                acquireTime: held?.spec?.acquireTime ?? now,
                renewTime: now,
                leaseTransitions: (before?.spec?.leaseTransitions ?? 0) + (before?.spec?.holderIdentity === holder ? 0 : 1),
            },
        };
    };
    async function acquire() {
        if (held)
            return false;
        const until = clock.now() + lease_PATIENCE;
        let waited = false;
        for (;;) {
            const found = await read(api, path, LeaseSchema);
            const other = found && (await holderOf(found));
            if (other === undefined) {
                if (await take(found))
                    return waited;
                continue;
            }
            if (options.onBusy === 'superseded' || clock.now() > until)
                throw busy(other);
            if (!waited)
                options.onWait?.(other);
            waited = true;
            await clock.sleep(ASK_EVERY, options.signal);
            if (options.signal?.aborted)
                throw (0,deploy_error/* cancelled */.KW)();
        }
    }
    /** Who holds it rightfully; undefined: it is free, ran out, or its run is over. */
    async function holderOf({ spec }) {
        const other = spec?.holderIdentity;
        if (!other || other === holder || isEarlierAttempt(other))
            return undefined;
        const age = clock.now() - Date.parse(spec.renewTime ?? '');
        const limit = (spec.leaseDurationSeconds ?? DURATION_S) * 1000 + SKEW;
        if (!Number.isFinite(age) || age > limit)
            return undefined;
        const isOver = (await options.isRunOver?.(other).catch(() => false)) ?? false;
        return isOver ? undefined : other;
    }
    /** A run is started again only after its attempt before has ended. */
    function isEarlierAttempt(other) {
        const cut = other.lastIndexOf('-');
        return other.slice(0, cut) === options.run.id && Number(other.slice(cut + 1)) < options.run.attempt;
    }
    /** @returns false when another run was quicker */
    async function take(found) {
        const answer = found
            ? await api.request('PUT', path, { body: body(found) })
            : await api.request('POST', paths.leases, { body: body(undefined) });
        if (answer.status === 409 || answer.status === 404)
            return false;
        held = leaseIn(answer);
        timer = setInterval(() => {
            renewal = renewal.then(renew);
        }, RENEW_EVERY);
        timer.unref();
        return true;
    }
    function leaseIn(answer) {
        if (answer.status !== 200 && answer.status !== 201)
            throw refusal(answer, `the lock ${name} could not be taken`);
        return parse(LeaseSchema, answer.body, path);
    }
    async function renew() {
        if (!held)
            return;
        const answer = await api.request('PUT', path, { body: body(held) }).catch(() => undefined);
        // Taken over or gone: there is nothing to renew. An API that is away is asked again by the next turn.
        if (answer?.status === 200)
            held = leaseIn(answer);
        else if (answer?.status === 409 || answer?.status === 404)
            stop();
    }
    function stop() {
        clearInterval(timer);
        held = undefined;
    }
    async function release() {
        clearInterval(timer);
        await renewal.catch(() => undefined);
        const last = held;
        stop();
        if (!last)
            return;
        const { uid, resourceVersion } = last.metadata;
        // Only the very object that this run wrote; who has taken it over keeps it.
        await api.request('DELETE', path, { body: { preconditions: { uid, resourceVersion } } }).catch(() => undefined);
    }
    function busy(other) {
        return new deploy_error/* DeployError */.sH('another-rollout', `run ${other} is releasing the same app here (Lease ${name})`, {
            state: 'nothing was changed by this run',
            fix: 'Nothing to do if that run is the newer one; otherwise run again when it has ended.',
        });
    }
    return { acquire, release };
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/evidence.js
// What a person needs to see beside a failure: the pods, their last words, and what the cluster complained about.



const LOG_LINES = 50;
const EVENT_LINES = 10;
const POD_LINES = 20;
/** Warnings about the cluster's set-up that say nothing about a release. */
const NOISE = new Set(['MissingClusterDNS', 'DNSConfigForming']);
/** Warnings of the namespace since `from` (ms), newest first; none where the role may not read them. */
async function readEvents(api, paths, from) {
    const answer = await api
        .request('GET', paths.events, { query: { fieldSelector: 'type=Warning' }, patience: 0 })
        .catch(() => undefined);
    if (answer?.status !== 200)
        return [];
    return listOf(EventSchema, answer.body)
        .items.filter((event) => timeOf(event) >= from && !NOISE.has(event.reason ?? ''))
        .sort((one, other) => timeOf(other) - timeOf(one));
}
function timeOf(event) {
    const times = [event.series?.lastObservedTime, event.lastTimestamp, event.eventTime, event.metadata.creationTimestamp];
    return Math.max(0, ...times.map((time) => Date.parse(time ?? '')).filter(Number.isFinite));
}
/** The lines of evidence: pod table, log lines of the run before and of this one, warnings. Hostile text. */
async function gather(api, paths, scene) {
    const { culprit } = scene;
    const logs = culprit?.container === undefined
        ? []
        : await Promise.all([
            readLog(api, paths, culprit.pod, culprit.container, true),
            readLog(api, paths, culprit.pod, culprit.container, false),
        ]);
    const [previous = [], current = []] = logs;
    return [
        ...podTable(scene.pods, scene.slots),
        ...section(`last log lines of ${culprit?.pod ?? ''} (the run before):`, previous),
        ...section(`last log lines of ${culprit?.pod ?? ''}:`, current),
        ...section('warnings of the cluster:', eventLines(scene.events)),
    ];
}
function section(title, lines) {
    return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}
async function readLog(api, paths, pod, container, previous) {
    const query = { container, tailLines: LOG_LINES, limitBytes: 64_000, ...(previous ? { previous } : {}) };
    const answer = await api.request('GET', paths.log(pod), { query, patience: 0 }).catch(() => undefined);
    if (answer?.status !== 200 || typeof answer.body !== 'string')
        return [];
    // The kubelet says so in the place of the log when there is none.
    if (/^unable to retrieve container logs/.test(answer.body))
        return [];
    return answer.body
        .split('\n')
        .filter((line) => line !== '')
        .slice(-LOG_LINES);
}
function podTable(pods, slots) {
    if (pods.length === 0)
        return ['pods: none'];
    const rows = pods.slice(0, POD_LINES).map((pod) => {
        const statuses = pod.status?.containerStatuses ?? [];
        const ready = `${String(statuses.filter((status) => status.ready).length)}/${String(pod.spec.containers.length)}`;
        const restarts = statuses.reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
        const digest = digestsOf(pod, slots)[0];
        const node = pod.spec.nodeName ?? 'no node';
        return `  ${pod.metadata.name}  ${ready}  ${stateOf(pod)}  restarts ${String(restarts)}  ${node}  ${(0,domain_digest/* shortDigest */.VK)(digest ?? '-')}`;
    });
    const more = pods.length > POD_LINES ? [`  … and ${String(pods.length - POD_LINES)} more`] : [];
    return ['pods:', ...rows, ...more];
}
function stateOf(pod) {
    if (pod.metadata.deletionTimestamp)
        return 'Terminating';
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    const waiting = statuses.find(({ state }) => state?.waiting)?.state?.waiting?.reason;
    const ended = statuses.find(({ state }) => state?.terminated && state.terminated.exitCode !== 0)?.state?.terminated;
    if (waiting && waiting !== 'PodInitializing' && waiting !== 'ContainerCreating')
        return waiting;
    return ended?.reason ?? pod.status?.reason ?? waiting ?? (isReady(pod) ? 'Ready' : (pod.status?.phase ?? 'Unknown'));
}
function eventLines(events) {
    return events.slice(0, EVENT_LINES).map((event) => {
        const times = event.series?.count ?? event.count ?? 1;
        const object = `${(event.involvedObject.kind ?? '').toLowerCase()}/${event.involvedObject.name ?? ''}`;
        const text = (event.message ?? '').replace(/\s+/g, ' ').slice(0, 400);
        return `${event.reason ?? ''} ${object}: ${text}${times > 1 ? ` (${String(times)} times)` : ''}`;
    });
}
/** A reason with its evidence; the log may know better than the exit code what happened. */
function withEvidence(reason, evidence) {
    const format = evidence.find((line) => /exec format error/i.test(line));
    if (format && (reason.code === 'crash-on-start' || reason.code === 'cannot-start')) {
        return { ...reason, code: 'wrong-platform', what: `${reason.what}: ${format.trim()}`, evidence };
    }
    return { ...reason, evidence };
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/watched.js



const WatchEventSchema = dist/* object */.Ikc({ type: dist/* string */.YjP(), object: dist/* unknown */.L5J() });
const BookmarkSchema = dist/* object */.Ikc({ metadata: dist/* object */.Ikc({ resourceVersion: dist/* string */.YjP() }) });
const RETRY = 500;
/**
 * One kind of object, listed and then followed by a watch. The watch makes it quick, never right: whoever decides
 * something calls `refresh` first, and a watch that ends, fails or falls silent costs nothing but time.
 */
function watchObjects(api, path, schema, selection, onChange) {
    const stopper = new AbortController();
    let known = new Map();
    let version = '';
    let listedAt = 0;
    let following = false;
    async function refresh() {
        const answer = await api.request('GET', path, { query: { ...selection } });
        if (answer.status !== 200)
            throw refusal(answer, `${path} could not be listed`);
        const list = listOf(schema, answer.body);
        known = new Map(list.items.map((item) => [item.metadata.uid, item]));
        version = list.resourceVersion;
        listedAt = Date.now();
        if (!following)
            void follow();
    }
    async function follow() {
        following = true;
        while (!stopper.signal.aborted) {
            const clean = await followOnce().catch(() => false);
            if (stopper.signal.aborted)
                return;
            if (clean)
                continue;
            await pause(RETRY, stopper.signal);
            // Events were missed: the next list closes the gap. Where the API is away, the next look says so.
            await refresh().then(onChange, () => undefined);
        }
    }
    /** @returns whether the watch may simply go on from the last known version */
    async function followOnce() {
        const query = { ...selection, resourceVersion: version, timeoutSeconds: 300 };
        let heard = false;
        for await (const raw of api.watch(path, { query, signal: stopper.signal })) {
            const event = dist/* parse */.qgA(WatchEventSchema, raw);
            // 410 Gone among others: the version is too old.
            if (event.type === 'ERROR')
                return false;
            heard = true;
            if (event.type === 'BOOKMARK')
                version = dist/* parse */.qgA(BookmarkSchema, event.object).metadata.resourceVersion;
            else
                take(event.type, event.object);
        }
        return heard;
    }
    function take(type, raw) {
        const object = dist/* safeParse */.xLC(schema, raw);
        if (!object.success)
            return;
        const { uid, resourceVersion } = object.output.metadata;
        version = resourceVersion;
        const before = known.get(uid);
        // A list may be ahead of the watch: what is older than known is no news.
        if (before && Number(before.metadata.resourceVersion) > Number(resourceVersion))
            return;
        if (type === 'DELETED')
            known.delete(uid);
        else
            known.set(uid, object.output);
        onChange();
    }
    return { items: () => [...known.values()], refresh, listedAt: () => listedAt, stop: () => stopper.abort() };
}
function pause(ms, signal) {
    return new Promise((resolve) => {
        const timer = setTimeout(done, ms);
        function done() {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
        }
        signal.addEventListener('abort', done, { once: true });
    });
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/observer.js






/** However well a watch seems to run: no verdict rests on what is older. */
const TRUSTED_FOR = 10_000;
const EVENTS_AFTER = 2000;
const EVENTS_EVERY = 3000;
const EVIDENCE_EVERY = 5000;
function makeObserver(api, paths, specs) {
    const listeners = new Set();
    let unseen = false;
    const notify = () => {
        unseen = true;
        for (const listener of [...listeners])
            listener();
    };
    const collections = follow(api, paths, specs, notify);
    const all = [
        ...collections.workloads.values(),
        ...(collections.replicaSets ? [collections.replicaSets] : []),
        ...(collections.revisions ? [collections.revisions] : []),
        collections.pods,
    ];
    const memories = new WeakMap();
    const evidence = new Map();
    let events = [];
    let eventsAt = 0;
    const refresh = () => Promise.all(all.map((collection) => collection.refresh()));
    async function look(rollout) {
        unseen = false;
        const began = Date.now();
        if (all.some((collection) => began - collection.listedAt() > TRUSTED_FOR))
            await refresh();
        const memory = memories.get(rollout) ?? new Map();
        memories.set(rollout, memory);
        let judgements = judge(rollout, memory);
        if (isTroubled(judgements) && began - rollout.startedAt > EVENTS_AFTER && began - eventsAt > EVENTS_EVERY) {
            eventsAt = began;
            events = await readEvents(api, paths, rollout.startedAt - 5000);
            judgements = judge(rollout, memory);
        }
        // What ends the wait is never taken from a watch alone.
        if (isFinal(judgements) && all.some((collection) => collection.listedAt() < began)) {
            await refresh();
            judgements = judge(rollout, memory);
        }
        for (const { observation, memory: next } of judgements)
            memory.set(observation.name, next);
        return { workloads: await Promise.all(judgements.map((judgement) => explain(rollout, judgement))) };
    }
    function judge(rollout, memory) {
        return rollout.workloads.map(({ name, handle, accepted }) => {
            const before = memory.get(name) ?? new Map();
            if (handle.refused) {
                const state = { is: 'failed', reason: handle.refused };
                return { observation: { name, state, desired: 0, replicas: [] }, memory: before };
            }
            const wanted = {
                id: handle.id,
                uid: handle.uid,
                generation: handle.generation,
                containers: handle.containers,
                accepted: accepted ?? rollout.accepted,
            };
            return classify(snapshot(handle), wanted, before);
        });
    }
    function snapshot(spec) {
        const workload = collections.workloads
            .get(spec.id.kind)
            ?.items()
            .find(({ metadata }) => metadata.name === spec.id.name);
        const replicaSets = (collections.replicaSets?.items() ?? []).filter((set) => isOwner(set, spec.uid));
        const owners = new Set([spec.uid, ...replicaSets.map(({ metadata }) => metadata.uid)]);
        const pods = collections.pods.items().filter((pod) => [...owners].some((owner) => isOwner(pod, owner)));
        const uids = new Set([...owners, ...pods.map(({ metadata }) => metadata.uid)]);
        return {
            now: Date.now(),
            workload,
            replicaSets,
            revisions: (collections.revisions?.items() ?? []).filter((revision) => isOwner(revision, spec.uid)),
            pods,
            events: events.filter(({ involvedObject }) => uids.has(involvedObject.uid ?? '')),
        };
    }
    /** A failure gets its evidence now; a suspicion, which may become the reason at the deadline, from time to time. */
    async function explain(rollout, judgement) {
        const { observation, culprit } = judgement;
        const { state } = observation;
        const reason = state.is === 'failed' ? state.reason : state.is === 'progressing' ? state.suspect : undefined;
        const handle = rollout.workloads.find(({ name }) => name === observation.name)?.handle;
        if (!reason || !handle || handle.refused)
            return observation;
        const known = evidence.get(observation.name);
        const isDue = Date.now() - rollout.startedAt > EVENTS_AFTER && Date.now() - (known?.at ?? 0) > EVIDENCE_EVERY;
        if (state.is === 'failed' || isDue) {
            if (state.is === 'failed')
                events = await readEvents(api, paths, rollout.startedAt - 5000);
            const scene = snapshot(handle);
            const lines = await gather(api, paths, {
                pods: scene.pods,
                slots: handle.containers,
                events: scene.events,
                culprit,
            });
            evidence.set(observation.name, { at: Date.now(), lines });
        }
        const explained = withEvidence(reason, evidence.get(observation.name)?.lines ?? []);
        return state.is === 'failed'
            ? { ...observation, state: { is: 'failed', reason: explained } }
            : { ...observation, state: { ...state, suspect: explained } };
    }
    return {
        look,
        changed: (ms, signal) => new Promise((resolve) => {
            if (unseen || signal.aborted) {
                resolve();
                return;
            }
            const timer = setTimeout(done, ms);
            function done() {
                clearTimeout(timer);
                listeners.delete(done);
                signal.removeEventListener('abort', done);
                resolve();
            }
            listeners.add(done);
            signal.addEventListener('abort', done, { once: true });
        }),
        stop() {
            for (const collection of all)
                collection.stop();
            notify();
        },
    };
}
/** One workload is followed by name and by labels; several share what the whole namespace says. */
function follow(api, paths, specs, notify) {
    const [only] = specs;
    const single = specs.length === 1 ? only : undefined;
    const byLabels = single ? { labelSelector: selectorText(single.selector) } : {};
    const byName = single ? { fieldSelector: `metadata.name=${single.id.name}` } : {};
    const kinds = [...new Set(specs.map(({ id }) => id.kind))];
    return {
        workloads: new Map(kinds.map((kind) => [kind, watchObjects(api, paths.workloads(kind), WorkloadSchema, byName, notify)])),
        replicaSets: kinds.includes('Deployment')
            ? watchObjects(api, paths.replicaSets, ReplicaSetSchema, byLabels, notify)
            : undefined,
        revisions: kinds.includes('DaemonSet')
            ? watchObjects(api, paths.controllerRevisions, ControllerRevisionSchema, byLabels, notify)
            : undefined,
        pods: watchObjects(api, paths.pods, PodSchema, byLabels, notify),
    };
}
function isTroubled(judgements) {
    return judgements.some(({ observation: { state, replicas, desired } }) => {
        return state.is === 'progressing' && replicas.filter(({ healthy }) => healthy).length <= desired;
    });
}
function isFinal(judgements) {
    const states = judgements.map(({ observation }) => observation.state.is);
    return (states.every((state) => state === 'settled') || states.some((state) => state === 'failed' || state === 'superseded'));
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/stuck.js






const SEEN_WITHIN = 5000;
const stuck_HASH = 'controller-revision-hash';
/**
 * A StatefulSet waits for a broken pod to become ready before it replaces it, for ever if need be. After the template
 * was put back, pods of another revision that are not ready are deleted, each by its uid: they serve nothing.
 */
async function freeStuckPods(api, paths, spec, clock) {
    const until = clock.now() + SEEN_WITHIN;
    let revision;
    while (revision === undefined && clock.now() < until) {
        const live = await read(api, paths.workload(spec.id), WorkloadSchema);
        // Deleted before the controller knows the old template, a pod would come back from the broken one.
        if ((live?.status?.observedGeneration ?? 0) >= spec.generation)
            revision = live?.status?.updateRevision ?? undefined;
        else
            await clock.sleep(100);
    }
    if (revision === undefined)
        return;
    const pods = listOf(PodSchema, await listAll(api, paths.pods, { labelSelector: selectorText(spec.selector) })).items;
    const stuck = pods.filter((pod) => {
        return (isOwner(pod, spec.uid) &&
            pod.metadata.labels?.[stuck_HASH] !== revision &&
            !isReady(pod) &&
            !pod.metadata.deletionTimestamp);
    });
    await Promise.all(stuck.map(async ({ metadata }) => {
        const body = { preconditions: { uid: metadata.uid } };
        const answer = await api.request('DELETE', paths.pod(metadata.name), { body });
        if (answer.status >= 400 && answer.status !== 404 && answer.status !== 409) {
            throw refusal(answer, `the stuck pod ${metadata.name} could not be deleted`);
        }
    }));
}

;// CONCATENATED MODULE: ./build/targets/kubernetes/target.js

















function createKubernetesTarget(request, deps) {
    const { api, clock } = deps;
    const named = request.workloads.flatMap((text) => parseWorkload(text) ?? []);
    let repository;
    let place;
    let observer;
    let lock;
    let applier;
    /** Templates that this run has seen or written: any other is somebody else's. */
    const known = new Map();
    /** Whole specs after this run's own change. */
    const written = new Map();
    const locate = () => (place ??= (request.namespace === undefined ? api.namespace() : Promise.resolve(request.namespace)).then((namespace) => ({ namespace, paths: paths(namespace) })));
    const manifests = () => (applier ??= locate().then((where) => {
        const { manifests: places, container } = request;
        return makeApplier({ api, ...where, places, container, wanted: named, onWarning: deps.onWarning }, repository);
    }));
    /** The named workloads, else those that the manifests bring. */
    const workloadIds = async () => (named.length > 0 ? named : (await manifests()).workloads.map(({ id }) => id));
    const findAll = async () => {
        const { paths } = await locate();
        const [ids, { workloads }] = await Promise.all([workloadIds(), manifests()]);
        return Promise.all(ids.map(async (id) => {
            const found = await find(api, paths, id, repository, request.container);
            if (found.workload)
                return found;
            return { ...found, slots: workloads.find((workload) => workload.id.label === id.label)?.slots ?? [] };
        }));
    };
    const remember = (label, template) => known.set(label, [...(known.get(label) ?? []).filter((other) => !equal(other, template)), template]);
    const isForeign = (label) => (live) => {
        const templates = known.get(label) ?? [];
        return templates.length > 0 && !templates.some((template) => equal(template, live.spec.template));
    };
    async function acquire() {
        const { paths } = await locate();
        lock ??= makeLock({
            ...deps,
            paths,
            name: lockName(request.app, request.environment),
            onBusy: request.onBusy ?? 'wait',
            onWait: (holder) => deps.onWarning?.(`run ${holder} is releasing ${request.app} here: waiting for it to end`),
        });
        return lock.acquire();
    }
    async function current() {
        const { namespace, paths } = await locate();
        const found = await findAll();
        const workloads = await Promise.all(found.map((one) => runningOf(api, paths, namespace, one)));
        for (const { name, spec, exists } of workloads)
            if (exists)
                remember(name, spec.template);
        return { workloads };
    }
    async function replace(image, stamp, before) {
        const { namespace, paths } = await locate();
        await acquire();
        const startedAt = clock.now();
        const annotations = stampAnnotations(stamp);
        const files = await manifests();
        await files.applyOthers(image);
        const handles = await settleAll(before.workloads, async ({ spec }) => {
            const live = files.has(spec.id)
                ? await files.applyWorkload(spec, image, annotations)
                : await putImage(api, paths, spec, (0,domain_image/* pinned */.dp)(image), annotations);
            remember(spec.id.label, live.spec.template);
            written.set(spec.id.label, live.spec);
            return specOf(spec.id, namespace, live, withImage(spec, live));
        });
        return { before, accepted: image.accepted, startedAt, workloads: handles };
    }
    async function restore(to, stamp) {
        const { namespace, paths } = await locate();
        await acquire();
        const startedAt = clock.now();
        const existing = to.workloads.filter(({ exists }) => exists);
        await (await manifests()).undo();
        const handles = await settleAll(existing, async ({ name, spec }) => {
            const way = wayBack(spec);
            const isStamped = spec.containers.every((slot) => (0,domain_digest/* digestIn */.s)(imageOf(way.template, slot) ?? '') === stamp.digest);
            const back = isStamped ? { ...way, annotations: stampAnnotations(stamp) } : way;
            remember(name, spec.template);
            const live = await putTemplate(api, paths, spec, back, changedFields(spec.whole, written.get(name)), isForeign(name));
            remember(name, live.spec.template);
            const handle = specOf(spec.id, namespace, live, withImage(spec, live));
            if (spec.id.kind === 'StatefulSet')
                await freeStuckPods(api, paths, handle, clock);
            return handle;
        });
        const workloads = handles.map(({ name, handle }) => {
            const seen = to.workloads.find((workload) => workload.name === name)?.digests ?? [];
            return { name, handle, accepted: new Set([...seen, ...digestsOfSpec(handle)]) };
        });
        const accepted = new Set(workloads.flatMap((workload) => [...workload.accepted]));
        return { before: to, accepted, startedAt, workloads };
    }
    async function version(digest) {
        const { namespace, paths } = await locate();
        const versions = await Promise.all((await findAll()).map(async (found) => {
            const { id, workload, slots } = found;
            if (!workload)
                return undefined;
            const template = await templateOf(api, paths, { ...found, workload }, digest);
            if (!template)
                return undefined;
            const running = await runningOf(api, paths, namespace, found);
            const spec = { ...specOf(id, namespace, workload, slotsOf(template, slots)), template };
            const stamp = { ...spec.stamp, [labels/* LABEL */.d_.digest]: digest };
            return { ...running, digests: [digest], image: spec.containers[0]?.image ?? '', spec: { ...spec, stamp } };
        }));
        const complete = versions.filter((one) => one !== undefined);
        return complete.length === versions.length && complete.length > 0 ? { workloads: complete } : undefined;
    }
    return {
        name: 'kubernetes',
        async check(context) {
            repository = context.repository;
            applier = undefined;
            const where = await locate();
            const [ids, files] = await Promise.all([workloadIds(), manifests()]);
            return checkCluster({ request, api, ids, files, ...where, find: findAll }, context);
        },
        current,
        async history() {
            const { paths } = await locate();
            const workloads = await Promise.all((await workloadIds()).map((id) => read(api, paths.workload(id), WorkloadSchema)));
            return longest(workloads.map(historyOf));
        },
        lock: acquire,
        replace,
        async observe(rollout) {
            const { paths } = await locate();
            observer ??= makeObserver(api, paths, rollout.workloads.map(({ handle }) => handle));
            return observer.look(rollout);
        },
        async changed(_rollout, ms, signal) {
            await (observer ? observer.changed(ms, signal) : clock.sleep(ms, signal));
        },
        restore,
        version,
        async record(history, rollout) {
            const { paths } = await locate();
            const annotations = { [labels/* LABEL */.d_.history]: JSON.stringify(history) };
            await Promise.all(rollout.workloads.map(({ handle }) => annotate(api, paths, handle, annotations)));
        },
        async close() {
            observer?.stop();
            await lock?.release().catch(() => undefined);
            await api.close();
        },
    };
}
/**
 * Changes every workload at once. Refused everywhere: that is the error, and nothing was changed. Refused for some: the
 * others are on their way, so the refusal becomes what `observe` says, and the pipeline takes all of them back.
 */
async function settleAll(workloads, change) {
    const results = await Promise.allSettled(workloads.map(change));
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [(0,deploy_error/* asDeployError */.y0)(result.reason)] : []));
    const [first] = errors;
    if (first && errors.length === workloads.length)
        throw first;
    return workloads.map(({ name, spec }, index) => {
        const result = results[index];
        if (result?.status === 'fulfilled')
            return { name, handle: result.value };
        const { code, what, evidence, fix } = (0,deploy_error/* asDeployError */.y0)(result?.reason);
        return { name, handle: { ...spec, refused: { code, what, evidence, fix } } };
    });
}
/** Fields of the spec beside the template that this run changed, as they were before. */
function changedFields(before, after) {
    const keys = after === undefined ? [] : [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = keys.filter((key) => key !== 'template' && !equal(before[key], after?.[key]));
    return new Map(changed.map((key) => [key, before[key]]));
}
/** The containers of a spec with the images that the live template holds. */
function withImage(spec, live) {
    return slotsOf(live.spec.template, spec.containers);
}
function slotsOf(template, slots) {
    return slots.map((slot) => ({ ...slot, image: imageOf(template, slot) ?? '' }));
}
function digestsOfSpec({ containers }) {
    return containers.flatMap(({ image }) => (0,domain_digest/* digestIn */.s)(image) ?? []);
}


/***/ })

};
