export const id = 151;
export const ids = [151];
export const modules = {

/***/ 9151:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  fullName: () => (/* binding */ fullName),
  readStack: () => (/* binding */ readStack),
  servicesUsing: () => (/* binding */ servicesUsing)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/domain/image.js
var domain_image = __webpack_require__(1452);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
;// CONCATENATED MODULE: ./build/targets/swarm/stack/faults.js
class Faults {
    list = [];
    warnings = [];
    add(path, problem) {
        this.list.push(`${path}: ${problem}`);
    }
    /** Keys outside `known` are refused by name; `x-…` is the user's own. */
    only(node, path, known) {
        for (const key of Object.keys(node)) {
            if (!known.includes(key) && !key.startsWith('x-'))
                this.add(`${path}.${key}`, 'is not supported here');
        }
    }
    node(value, path) {
        if (value === undefined || value === null)
            return {};
        if (typeof value === 'object' && !Array.isArray(value))
            return value;
        this.add(path, 'must be a mapping');
        return {};
    }
    text(value, path) {
        if (value === undefined || value === null)
            return undefined;
        if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
            return String(value);
        this.add(path, 'must be a text');
        return undefined;
    }
    number(value, path) {
        const text = this.text(value, path);
        if (text === undefined)
            return undefined;
        const number = Number(text);
        if (text.trim() !== '' && Number.isFinite(number))
            return number;
        this.add(path, `"${text}" is no number`);
        return undefined;
    }
    boolean(value, path) {
        if (value === undefined || value === null)
            return undefined;
        if (value === true || value === 'true')
            return true;
        if (value === false || value === 'false')
            return false;
        this.add(path, 'must be true or false');
        return undefined;
    }
    items(value, path) {
        if (value === undefined || value === null)
            return [];
        if (Array.isArray(value))
            return value;
        this.add(path, 'must be a list');
        return [];
    }
    texts(value, path) {
        const items = typeof value === 'string' ? [value] : this.items(value, path);
        return items.map((item, index) => this.text(item, `${path}[${String(index)}]`) ?? '');
    }
    /** `a: b` or `- a=b`; a name without a value is looked up by `missing`. */
    pairs(value, path, missing = () => '') {
        const entries = Array.isArray(value)
            ? this.texts(value, path).map((text) => {
                const equals = text.indexOf('=');
                return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
            })
            : Object.entries(this.node(value, path)).map(([key, item]) => [key, this.text(item, `${path}.${key}`)]);
        const known = entries.map(([key, item]) => [key, item ?? missing(key)]);
        return Object.fromEntries(known.filter((entry) => entry[1] !== undefined));
    }
    /** `1m30s` as nanoseconds. */
    duration(value, path) {
        const text = this.text(value, path);
        if (text === undefined)
            return undefined;
        if (text === '0')
            return 0;
        const units = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
        const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)];
        if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
            this.add(path, `"${text}" is no duration such as 10s or 1m30s`);
            return undefined;
        }
        return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
    }
    /** `512M`, `1g`, `64kb` as bytes; powers of 1024 as Docker reads them. */
    bytes(value, path) {
        const text = this.text(value, path);
        if (text === undefined)
            return undefined;
        const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text);
        if (!match) {
            this.add(path, `"${text}" is no size such as 512M`);
            return undefined;
        }
        const power = ' kmgt'.indexOf((match[2] ?? '').toLowerCase() || ' ');
        return Math.round(Number(match[1]) * 1024 ** power);
    }
}
/** The object without what is undefined or empty: the engine has its own defaults. */
function compact(value) {
    const kept = Object.entries(value).filter(([, item]) => !isEmpty(item));
    return Object.fromEntries(kept);
}
function isEmpty(item) {
    if (item === undefined)
        return true;
    if (Array.isArray(item))
        return item.length === 0;
    return typeof item === 'object' && item !== null && Object.keys(item).length === 0;
}

;// CONCATENATED MODULE: ./build/targets/swarm/stack/mounts.js
/** Ports and mounts of a stack file's service, short and long forms. */


function portsOf(value, at, faults) {
    return faults.items(value, at).flatMap((item, index) => {
        const where = `${at}[${String(index)}]`;
        return typeof item === 'object'
            ? longPort(faults.node(item, where), where, faults)
            : shortPorts(faults.text(item, where) ?? '', where, faults);
    });
}
function longPort(port, at, faults) {
    faults.only(port, at, ['target', 'published', 'protocol', 'mode', 'name', 'app_protocol']);
    const target = faults.number(port.target, `${at}.target`);
    if (target === undefined) {
        faults.add(`${at}.target`, 'is missing');
        return [];
    }
    const published = faults.number(port.published, `${at}.published`);
    return [
        {
            Protocol: faults.text(port.protocol, `${at}.protocol`) ?? 'tcp',
            TargetPort: target,
            ...(published === undefined ? {} : { PublishedPort: published }),
            PublishMode: faults.text(port.mode, `${at}.mode`) ?? 'ingress',
        },
    ];
}
/** `80`, `8080:80`, `8000-8009:9000-9009/udp`. */
function shortPorts(text, at, faults) {
    const match = /^(?:(\d+)(?:-(\d+))?:)?(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(text);
    if (!match) {
        const address = /^(?:\d+\.|\[)/.test(text) ? ': Swarm cannot publish on one address' : '';
        faults.add(at, `"${text}" is no port such as 8080:80${address}`);
        return [];
    }
    const [from, to, first, last] = match.slice(1, 5).map((part) => (part === undefined ? undefined : Number(part)));
    const target = first ?? 0;
    const count = (last ?? target) - target + 1;
    if (count < 1 || (from !== undefined && (to ?? from) - from + 1 !== count)) {
        faults.add(at, `the ranges of "${text}" have different lengths`);
        return [];
    }
    return Array.from({ length: count }, (_, index) => ({
        Protocol: match[5] ?? 'tcp',
        TargetPort: target + index,
        ...(from === undefined ? {} : { PublishedPort: from + index }),
        PublishMode: 'ingress',
    }));
}
function mountsOf(value, at, volumes, faults) {
    return faults.items(value, at).flatMap((item, index) => {
        const where = `${at}[${String(index)}]`;
        const mount = typeof item === 'object' ? faults.node(item, where) : shortMount(faults.text(item, where) ?? '', where, faults);
        return mount === undefined ? [] : mountOf(mount, where, volumes, faults);
    });
}
/** `name:/target:ro`, `./folder:/target`, `/target`, as a long form. */
function shortMount(text, at, faults) {
    const parts = text.split(':');
    const [first = '', target, options = ''] = parts;
    if (parts.length > 3 || first === '') {
        faults.add(at, `"${text}" is no volume such as data:/var/lib/data:ro`);
        return undefined;
    }
    const flags = options.split(',').filter((flag) => flag !== '');
    const unknown = flags.find((flag) => !['ro', 'rw', 'nocopy'].includes(flag));
    if (unknown !== undefined)
        faults.add(at, `the option "${unknown}" is not supported here`);
    if (target === undefined)
        return { type: 'volume', target: first };
    const bind = /^[./~]/.test(first);
    return {
        type: bind ? 'bind' : 'volume',
        source: first,
        target,
        ...(flags.includes('ro') ? { read_only: true } : {}),
        ...(flags.includes('nocopy') ? { volume: { nocopy: true } } : {}),
    };
}
function mountOf(mount, at, volumes, faults) {
    faults.only(mount, at, ['type', 'source', 'target', 'read_only', 'bind', 'volume', 'tmpfs', 'consistency']);
    const type = faults.text(mount.type, `${at}.type`) ?? 'volume';
    const source = faults.text(mount.source, `${at}.source`);
    const common = compact({
        Type: type,
        Target: faults.text(mount.target, `${at}.target`),
        ReadOnly: faults.boolean(mount.read_only, `${at}.read_only`),
    });
    switch (type) {
        case 'bind':
            return [{ ...common, Source: bindSource(source, at, volumes, faults), ...bindOptions(mount, at, faults) }];
        case 'tmpfs': {
            const size = faults.bytes(faults.node(mount.tmpfs, `${at}.tmpfs`).size, `${at}.tmpfs.size`);
            return [{ ...common, ...(size === undefined ? {} : { TmpfsOptions: { SizeBytes: size } }) }];
        }
        case 'volume':
            return [{ ...common, ...namedVolume(source, mount, at, volumes, faults) }];
        default:
            faults.add(`${at}.type`, `"${type}" is not supported here`);
            return [];
    }
}
function bindSource(source, at, { folder }, faults) {
    if (source === undefined || source.startsWith('~')) {
        faults.add(at, 'a bind mount needs an absolute folder of the nodes');
        return '';
    }
    return external_node_path_.resolve(folder, source);
}
function bindOptions(mount, at, faults) {
    const bind = faults.node(mount.bind, `${at}.bind`);
    faults.only(bind, `${at}.bind`, ['propagation']);
    const propagation = faults.text(bind.propagation, `${at}.bind.propagation`);
    return propagation === undefined ? {} : { BindOptions: { Propagation: propagation } };
}
function namedVolume(source, mount, at, volumes, faults) {
    const own = faults.node(mount.volume, `${at}.volume`);
    faults.only(own, `${at}.volume`, ['nocopy']);
    const noCopy = faults.boolean(own.nocopy, `${at}.volume.nocopy`);
    if (source === undefined)
        return noCopy === true ? { VolumeOptions: { NoCopy: true } } : {};
    if (!(source in volumes.defined)) {
        faults.add(at, `the volume "${source}" is not defined under volumes`);
        return {};
    }
    const volume = faults.node(volumes.defined[source], `volumes.${source}`);
    faults.only(volume, `volumes.${source}`, ['driver', 'driver_opts', 'external', 'labels', 'name']);
    const name = faults.text(volume.name, `volumes.${source}.name`);
    if (volume.external === true)
        return { Source: name ?? source };
    const driver = faults.text(volume.driver, `volumes.${source}.driver`);
    const options = compact({
        NoCopy: noCopy,
        Labels: { ...faults.pairs(volume.labels, `volumes.${source}.labels`), 'com.docker.stack.namespace': volumes.stack },
        DriverConfig: compact({ Name: driver, Options: faults.pairs(volume.driver_opts, `volumes.${source}.driver_opts`) }),
    });
    return { Source: name ?? `${volumes.stack}_${source}`, VolumeOptions: options };
}

;// CONCATENATED MODULE: ./build/targets/swarm/stack/words.js
/** Splits a command line as a shell would, without expanding anything; undefined when a quote is left open. */
function splitWords(text) {
    const words = [];
    let word;
    let quote = '';
    for (let index = 0; index < text.length; index += 1) {
        const char = text.charAt(index);
        if (quote === '' && /\s/.test(char)) {
            if (word !== undefined)
                words.push(word);
            word = undefined;
        }
        else if (quote === '' && (char === '"' || char === "'")) {
            quote = char;
            word ??= '';
        }
        else if (char === quote) {
            quote = '';
        }
        else if (char === '\\' && quote !== "'" && index + 1 < text.length) {
            index += 1;
            word = (word ?? '') + text.charAt(index);
        }
        else {
            word = (word ?? '') + char;
        }
    }
    if (quote !== '')
        return undefined;
    return word === undefined ? words : [...words, word];
}

;// CONCATENATED MODULE: ./build/targets/swarm/stack/container.js
/** The container part of a service: what runs, with which settings. */





const CONTAINER_KEYS = [
    'image',
    'command',
    'entrypoint',
    'environment',
    'env_file',
    'labels',
    'hostname',
    'user',
    'group_add',
    'working_dir',
    'stop_grace_period',
    'stop_signal',
    'tty',
    'stdin_open',
    'read_only',
    'init',
    'healthcheck',
    'volumes',
    'tmpfs',
    'dns',
    'dns_search',
    'dns_opt',
    'extra_hosts',
    'sysctls',
    'ulimits',
    'cap_add',
    'cap_drop',
];
function containerOf(service, at, { stack, volumes, env }, faults) {
    const text = (key) => faults.text(service[key], `${at}.${key}`);
    const boolean = (key) => faults.boolean(service[key], `${at}.${key}`);
    const texts = (key) => faults.texts(service[key], `${at}.${key}`);
    const tmpfs = texts('tmpfs').map((target) => ({ Type: 'tmpfs', Target: target.split(':')[0] ?? target }));
    return compact({
        Labels: { ...faults.pairs(service.labels, `${at}.labels`), 'com.docker.stack.namespace': stack },
        Command: wordsOf(service.entrypoint, `${at}.entrypoint`, faults),
        Args: wordsOf(service.command, `${at}.command`, faults),
        Env: environmentOf(service, at, volumes.folder, env, faults),
        Hostname: text('hostname'),
        User: text('user'),
        Groups: texts('group_add'),
        Dir: text('working_dir'),
        StopGracePeriod: faults.duration(service.stop_grace_period, `${at}.stop_grace_period`),
        StopSignal: text('stop_signal'),
        TTY: boolean('tty'),
        OpenStdin: boolean('stdin_open'),
        ReadOnly: boolean('read_only'),
        Init: boolean('init'),
        Healthcheck: healthcheckOf(service.healthcheck, `${at}.healthcheck`, faults),
        Mounts: [...mountsOf(service.volumes, `${at}.volumes`, volumes, faults), ...tmpfs],
        DNSConfig: compact({ Nameservers: texts('dns'), Search: texts('dns_search'), Options: texts('dns_opt') }),
        Hosts: hostsOf(service.extra_hosts, `${at}.extra_hosts`, faults),
        Sysctls: faults.pairs(service.sysctls, `${at}.sysctls`),
        Ulimits: ulimitsOf(service.ulimits, `${at}.ulimits`, faults),
        CapabilityAdd: texts('cap_add'),
        CapabilityDrop: texts('cap_drop'),
    });
}
function wordsOf(value, at, faults) {
    if (typeof value !== 'string')
        return faults.texts(value, at);
    const words = splitWords(value);
    if (words === undefined)
        faults.add(at, 'a quote is left open');
    return words ?? [];
}
function environmentOf(service, at, folder, env, faults) {
    const files = faults.texts(service.env_file, `${at}.env_file`).map((file) => fileOf(file, at, folder, faults));
    const own = faults.pairs(service.environment, `${at}.environment`, (name) => env[name]);
    const all = Object.assign({}, ...files, own);
    return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}
function fileOf(file, at, folder, faults) {
    let content;
    try {
        content = (0,external_node_fs_.readFileSync)(external_node_path_.resolve(folder, file), 'utf8');
    }
    catch {
        faults.add(`${at}.env_file`, `${file} cannot be read`);
        return {};
    }
    const lines = content.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
    return faults.pairs(lines, `${at}.env_file`, () => undefined);
}
function healthcheckOf(value, at, faults) {
    const check = faults.node(value, at);
    faults.only(check, at, ['test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable']);
    if (faults.boolean(check.disable, `${at}.disable`) === true)
        return { Test: ['NONE'] };
    const test = typeof check.test === 'string' ? ['CMD-SHELL', check.test] : faults.texts(check.test, `${at}.test`);
    return compact({
        Test: test,
        Interval: faults.duration(check.interval, `${at}.interval`),
        Timeout: faults.duration(check.timeout, `${at}.timeout`),
        Retries: faults.number(check.retries, `${at}.retries`),
        StartPeriod: faults.duration(check.start_period, `${at}.start_period`),
        StartInterval: faults.duration(check.start_interval, `${at}.start_interval`),
    });
}
/** `name:address` (or `name=address`, or a mapping) as the engine's `address name`. */
function hostsOf(value, at, faults) {
    if (!Array.isArray(value)) {
        return Object.entries(faults.pairs(value, at)).map(([name, address]) => `${address} ${name}`);
    }
    return faults.texts(value, at).map((text) => {
        const cut = /[:=]/.exec(text)?.index ?? -1;
        if (cut < 0)
            faults.add(at, `"${text}" is no host such as db:10.0.0.5`);
        return `${text.slice(cut + 1)} ${text.slice(0, cut)}`;
    });
}
function ulimitsOf(value, at, faults) {
    return Object.entries(faults.node(value, at)).map(([name, limit]) => {
        if (typeof limit !== 'object') {
            const both = faults.number(limit, `${at}.${name}`);
            return { Name: name, Soft: both, Hard: both };
        }
        const { soft, hard } = faults.node(limit, `${at}.${name}`);
        return {
            Name: name,
            Soft: faults.number(soft, `${at}.${name}.soft`),
            Hard: faults.number(hard, `${at}.${name}.hard`),
        };
    });
}

;// CONCATENATED MODULE: ./build/targets/swarm/stack/deploy.js

const KEYS = [
    'mode',
    'replicas',
    'labels',
    'update_config',
    'rollback_config',
    'resources',
    'restart_policy',
    'placement',
    'endpoint_mode',
];
function deployOf(value, at, faults) {
    const deploy = faults.node(value, at);
    faults.only(deploy, at, KEYS);
    return {
        Mode: modeOf(deploy, at, faults),
        labels: faults.pairs(deploy.labels, `${at}.labels`),
        updates: compact({
            UpdateConfig: updateOf(deploy.update_config, `${at}.update_config`, faults),
            RollbackConfig: updateOf(deploy.rollback_config, `${at}.rollback_config`, faults),
        }),
        template: compact({
            Resources: resourcesOf(deploy.resources, `${at}.resources`, faults),
            RestartPolicy: restartOf(deploy.restart_policy, `${at}.restart_policy`, faults),
            Placement: placementOf(deploy.placement, `${at}.placement`, faults),
        }),
        endpointMode: faults.text(deploy.endpoint_mode, `${at}.endpoint_mode`),
    };
}
function modeOf(deploy, at, faults) {
    const mode = faults.text(deploy.mode, `${at}.mode`) ?? 'replicated';
    const replicas = faults.number(deploy.replicas, `${at}.replicas`);
    if (mode === 'global')
        return { Global: {} };
    if (mode !== 'replicated')
        faults.add(`${at}.mode`, `"${mode}" is not supported here: replicated or global`);
    return { Replicated: { Replicas: replicas ?? 1 } };
}
function updateOf(value, at, faults) {
    if (value === undefined || value === null)
        return undefined;
    const config = faults.node(value, at);
    faults.only(config, at, ['parallelism', 'delay', 'failure_action', 'monitor', 'max_failure_ratio', 'order']);
    return {
        Parallelism: faults.number(config.parallelism, `${at}.parallelism`) ?? 1,
        ...compact({
            Delay: faults.duration(config.delay, `${at}.delay`),
            FailureAction: faults.text(config.failure_action, `${at}.failure_action`),
            Monitor: faults.duration(config.monitor, `${at}.monitor`),
            MaxFailureRatio: faults.number(config.max_failure_ratio, `${at}.max_failure_ratio`),
            Order: faults.text(config.order, `${at}.order`),
        }),
    };
}
function resourcesOf(value, at, faults) {
    const resources = faults.node(value, at);
    faults.only(resources, at, ['limits', 'reservations']);
    const one = (key, keys) => {
        const part = faults.node(resources[key], `${at}.${key}`);
        faults.only(part, `${at}.${key}`, keys);
        const cpus = faults.number(part.cpus, `${at}.${key}.cpus`);
        return compact({
            NanoCPUs: cpus === undefined ? undefined : Math.round(cpus * 1e9),
            MemoryBytes: faults.bytes(part.memory, `${at}.${key}.memory`),
            Pids: faults.number(part.pids, `${at}.${key}.pids`),
        });
    };
    return compact({
        Limits: one('limits', ['cpus', 'memory', 'pids']),
        Reservations: one('reservations', ['cpus', 'memory']),
    });
}
function restartOf(value, at, faults) {
    const policy = faults.node(value, at);
    faults.only(policy, at, ['condition', 'delay', 'max_attempts', 'window']);
    return compact({
        Condition: faults.text(policy.condition, `${at}.condition`),
        Delay: faults.duration(policy.delay, `${at}.delay`),
        MaxAttempts: faults.number(policy.max_attempts, `${at}.max_attempts`),
        Window: faults.duration(policy.window, `${at}.window`),
    });
}
function placementOf(value, at, faults) {
    const placement = faults.node(value, at);
    faults.only(placement, at, ['constraints', 'preferences', 'max_replicas_per_node']);
    const spreads = faults.items(placement.preferences, `${at}.preferences`).map((item, index) => {
        const where = `${at}.preferences[${String(index)}]`;
        const preference = faults.node(item, where);
        faults.only(preference, where, ['spread']);
        return { Spread: { SpreadDescriptor: faults.text(preference.spread, `${where}.spread`) ?? '' } };
    });
    return compact({
        Constraints: faults.texts(placement.constraints, `${at}.constraints`),
        Preferences: spreads,
        MaxReplicas: faults.number(placement.max_replicas_per_node, `${at}.max_replicas_per_node`),
    });
}

;// CONCATENATED MODULE: ./build/targets/swarm/stack/interpolate.js
const PATTERN = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\}|(.?))/g;
/** A copy in which every text value is interpolated; keys stay as they are. */
function interpolate(value, env, faults, path = '') {
    if (typeof value === 'string')
        return interpolated(value, env, faults, path);
    if (Array.isArray(value)) {
        return value.map((item, index) => interpolate(item, env, faults, `${path}[${String(index)}]`));
    }
    if (typeof value !== 'object' || value === null)
        return value;
    const entries = Object.entries(value).map(([key, item]) => {
        return [key, interpolate(item, env, faults, path === '' ? key : `${path}.${key}`)];
    });
    return Object.fromEntries(entries);
}
function interpolated(text, env, faults, path) {
    return text.replace(PATTERN, (...match) => {
        const [whole, plain, braced, operator, operand = '', stray] = match;
        if (whole === '$$')
            return '$';
        const name = plain ?? braced;
        if (name === undefined) {
            faults.add(path, `"$${stray ?? ''}" is no variable; write $$ for a dollar sign`);
            return '';
        }
        return interpolate_valueOf(name, operator, operand, env, (problem) => {
            faults.add(path, problem);
        });
    });
}
function interpolate_valueOf(name, operator, operand, env, fault) {
    const value = env[name];
    // With a colon an empty value counts as missing.
    const present = operator?.startsWith(':') ? Boolean(value) : value !== undefined;
    switch (operator?.at(-1) ?? '') {
        case '-':
            return present ? (value ?? '') : operand;
        case '+':
            return present ? operand : '';
        case '?':
            if (!present)
                fault(`the variable ${name} is required${operand === '' ? '' : `: ${operand}`}`);
            return value ?? '';
        default:
            // Docker would put an empty text in silently; what was meant is not known.
            if (value === undefined)
                fault(`the variable ${name} is not set; give it a default: \${${name}:-…}`);
            return value ?? '';
    }
}

;// CONCATENATED MODULE: ./build/targets/swarm/stack/resources.js
/** Networks, secrets and configs of a stack file, and how services refer to them. */


const PREDEFINED = new Set(['bridge', 'host', 'none']);
function resources_resourcesOf(root, stack, folder, faults) {
    return [
        ...networks(root, stack, faults),
        ...files('secrets', root, stack, folder, faults),
        ...files('configs', root, stack, folder, faults),
    ];
}
function networks(root, stack, faults) {
    const defined = { default: null, ...faults.node(root.networks, 'networks') };
    const used = usedNetworks(root, faults);
    return Object.entries(defined)
        .filter(([key]) => used.has(key))
        .map(([key, value]) => {
        const at = `networks.${key}`;
        const network = faults.node(value, at);
        faults.only(network, at, [
            'driver',
            'driver_opts',
            'attachable',
            'internal',
            'external',
            'labels',
            'name',
            'ipam',
        ]);
        return {
            kind: 'network',
            name: nameOf('networks', key, root, stack, faults),
            external: network.external === true,
            body: {
                Driver: faults.text(network.driver, `${at}.driver`) ?? 'overlay',
                CheckDuplicate: true,
                Labels: { ...faults.pairs(network.labels, `${at}.labels`), 'com.docker.stack.namespace': stack },
                ...compact({
                    Options: faults.pairs(network.driver_opts, `${at}.driver_opts`),
                    Attachable: faults.boolean(network.attachable, `${at}.attachable`),
                    Internal: faults.boolean(network.internal, `${at}.internal`),
                    IPAM: ipamOf(network.ipam, `${at}.ipam`, faults),
                }),
            },
        };
    });
}
function ipamOf(value, at, faults) {
    const ipam = faults.node(value, at);
    faults.only(ipam, at, ['driver', 'config']);
    const subnets = faults.items(ipam.config, `${at}.config`).map((item, index) => {
        const where = `${at}.config[${String(index)}]`;
        const config = faults.node(item, where);
        faults.only(config, where, ['subnet']);
        return { Subnet: faults.text(config.subnet, `${where}.subnet`) };
    });
    return compact({ Driver: faults.text(ipam.driver, `${at}.driver`), Config: subnets });
}
function usedNetworks(root, faults) {
    const services = Object.values(faults.node(root.services, 'services'));
    return new Set(services.flatMap((service) => {
        const own = service?.networks;
        if (own === undefined || own === null)
            return ['default'];
        return Array.isArray(own) ? own.map(String) : Object.keys(own);
    }));
}
/** The attachments of one service. Predefined networks know no aliases. */
function networksOf(key, value, root, stack, at, faults) {
    const wanted = Array.isArray(value)
        ? Object.fromEntries(faults.texts(value, at).map((name) => [name, null]))
        : faults.node(value ?? { default: null }, at);
    return Object.entries(wanted).map(([network, options]) => {
        const own = faults.node(options, `${at}.${network}`);
        faults.only(own, `${at}.${network}`, ['aliases']);
        if (network !== 'default' && !(network in faults.node(root.networks, 'networks'))) {
            faults.add(at, `the network "${network}" is not defined under networks`);
        }
        const target = nameOf('networks', network, root, stack, faults);
        const aliases = [...faults.texts(own.aliases, `${at}.${network}.aliases`), key];
        return PREDEFINED.has(target) ? { Target: target } : { Target: target, Aliases: aliases };
    });
}
function files(kind, root, stack, folder, faults) {
    return Object.entries(faults.node(root[kind], kind)).map(([key, value]) => {
        const at = `${kind}.${key}`;
        const item = faults.node(value, at);
        faults.only(item, at, ['file', 'external', 'labels', 'name']);
        const external = item.external === true;
        const file = faults.text(item.file, `${at}.file`);
        if (!external && file === undefined)
            faults.add(at, 'needs a file, or external: true');
        const name = nameOf(kind, key, root, stack, faults);
        const labels = { ...faults.pairs(item.labels, `${at}.labels`), 'com.docker.stack.namespace': stack };
        return {
            kind: kind === 'secrets' ? 'secret' : 'config',
            name,
            external,
            ...(file === undefined ? {} : { file: external_node_path_.resolve(folder, file) }),
            body: { Labels: labels },
        };
    });
}
function referencesOf(kind, value, root, stack, at, faults) {
    return faults.items(value, at).map((item, index) => {
        const where = `${at}[${String(index)}]`;
        const reference = typeof item === 'string' ? { source: item } : faults.node(item, where);
        faults.only(reference, where, ['source', 'target', 'uid', 'gid', 'mode']);
        const source = faults.text(reference.source, `${where}.source`) ?? '';
        if (!(source in faults.node(root[kind], kind)))
            faults.add(where, `"${source}" is not defined under ${kind}`);
        return {
            name: nameOf(kind, source, root, stack, faults),
            file: {
                Name: faults.text(reference.target, `${where}.target`) ?? (kind === 'configs' ? `/${source}` : source),
                UID: faults.text(reference.uid, `${where}.uid`) ?? '0',
                GID: faults.text(reference.gid, `${where}.gid`) ?? '0',
                Mode: faults.number(reference.mode, `${where}.mode`) ?? 0o444,
            },
        };
    });
}
/** `name:` as given, external ones under their own name, everything else as `stack_key`. */
function nameOf(kind, key, root, stack, faults) {
    const item = faults.node(faults.node(root[kind], kind)[key], `${kind}.${key}`);
    const name = faults.text(item.name, `${kind}.${key}.name`);
    return name ?? (item.external === true ? key : `${stack}_${key}`);
}

;// CONCATENATED MODULE: ./build/targets/swarm/stack/stack.js
/**
 * A stack file (the Compose file that `docker stack deploy` takes) as service specs: what services are created from.
 * Keys that are not understood are refused by name; the few that `docker stack deploy` ignores too are warnings.
 */










const TOP = ['version', 'name', 'services', 'networks', 'volumes', 'secrets', 'configs'];
const IGNORED = ['build', 'container_name', 'depends_on', 'expose', 'links', 'restart'];
const SERVICE = [...CONTAINER_KEYS, ...IGNORED, 'deploy', 'ports', 'networks', 'secrets', 'configs', 'logging'];
/** `mode: 0440`, as Docker's own parser reads it. */
const octal = {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^0[0-7]+$/,
    resolve: (text) => Number.parseInt(text, 8),
};
/** @throws DeployError manifest-invalid with every fault of the file */
async function readStack(file, stack, env) {
    const { parse } = await __webpack_require__.e(/* import() */ 815).then(__webpack_require__.t.bind(__webpack_require__, 8815, 19));
    let content;
    try {
        content = parse(await (0,promises_.readFile)(file, 'utf8'), { merge: true, customTags: (tags) => [octal, ...tags] });
    }
    catch (error) {
        throw new deploy_error/* DeployError */.sH('manifest-invalid', `${file} cannot be read as YAML: ${messageOf(error)}`, { cause: error });
    }
    const faults = new Faults();
    const built = buildStack(interpolate(content, env, faults), { file, stack, env }, faults);
    if (faults.list.length > 0) {
        const first = faults.list[0] ?? '';
        const more = faults.list.length > 1 ? ` (and ${String(faults.list.length - 1)} more)` : '';
        throw new deploy_error/* DeployError */.sH('manifest-invalid', `${file} cannot be used: ${first}${more}`, {
            evidence: faults.list,
            fix: `Correct what is listed, or create the services once with docker stack deploy -c ${file} ${stack}.`,
        });
    }
    return built;
}
function messageOf(error) {
    return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
}
function buildStack(content, place, faults) {
    const root = faults.node(content, place.file);
    faults.only(root, external_node_path_.basename(place.file), TOP);
    const services = Object.entries(faults.node(root.services, 'services')).map(([key, value]) => serviceOf(key, faults.node(value, `services.${key}`), root, place, faults));
    if (services.length === 0)
        faults.add('services', 'is empty');
    return {
        file: place.file,
        services: new Map(services.map((service) => [service.name, service])),
        resources: resources_resourcesOf(root, place.stack, external_node_path_.dirname(external_node_path_.resolve(place.file)), faults),
        warnings: faults.warnings,
    };
}
function serviceOf(key, service, root, place, faults) {
    const at = `services.${key}`;
    faults.only(service, at, SERVICE);
    for (const ignored of IGNORED.filter((name) => name in service)) {
        faults.warnings.push(`${place.file}: ${at}.${ignored} means nothing to Swarm and is ignored`);
    }
    const image = faults.text(service.image, `${at}.image`);
    if (image === undefined)
        faults.add(`${at}.image`, 'is missing');
    const { stack, env } = place;
    const folder = external_node_path_.dirname(external_node_path_.resolve(place.file));
    const volumes = { stack, folder, defined: faults.node(root.volumes, 'volumes') };
    const deploy = deployOf(service.deploy, `${at}.deploy`, faults);
    const name = `${stack}_${key}`;
    const spec = {
        Name: name,
        Labels: { ...deploy.labels, 'com.docker.stack.namespace': stack, 'com.docker.stack.image': image ?? '' },
        TaskTemplate: {
            ...deploy.template,
            ContainerSpec: { Image: image ?? '', ...containerOf(service, at, { stack, volumes, env }, faults) },
            Networks: networksOf(key, service.networks, root, stack, `${at}.networks`, faults),
            ...logDriverOf(service.logging, `${at}.logging`, faults),
        },
        Mode: deploy.Mode,
        ...deploy.updates,
        EndpointSpec: {
            ...compact({ Mode: deploy.endpointMode }),
            Ports: portsOf(service.ports, `${at}.ports`, faults),
        },
    };
    const references = (kind) => referencesOf(kind, service[kind], root, stack, `${at}.${kind}`, faults);
    return { name, spec, secrets: references('secrets'), configs: references('configs') };
}
function logDriverOf(value, at, faults) {
    const logging = faults.node(value, at);
    faults.only(logging, at, ['driver', 'options']);
    const driver = faults.text(logging.driver, `${at}.driver`);
    if (driver === undefined)
        return {};
    return { LogDriver: { Name: driver, Options: faults.pairs(logging.options, `${at}.options`) } };
}
/** Full names of the services whose image is of that repository. */
function servicesUsing(stack, repository) {
    const uses = ({ spec }) => (0,domain_image/* parseReference */.F2)(spec.TaskTemplate.ContainerSpec?.Image ?? '')?.repository.name === repository.name;
    return [...stack.services.values()].filter(uses).map(({ name }) => name);
}
/** `web` of the file is `app_web` on the engine; other names stay. */
function fullName(stack, app, workload) {
    return stack?.services.has(`${app}_${workload}`) === true ? `${app}_${workload}` : workload;
}


/***/ })

};
