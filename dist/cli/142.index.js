export const id = 142;
export const ids = [142];
export const modules = {

/***/ 7142:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: ./build/domain/outcome.js
var domain_outcome = __webpack_require__(3153);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
// EXTERNAL MODULE: ./build/errors/catalogue.js
var catalogue = __webpack_require__(4323);
// EXTERNAL MODULE: ./build/reporting/text.js
var reporting_text = __webpack_require__(7054);
;// CONCATENATED MODULE: ./build/reporting/explain.js



const EVIDENCE_LINES = 40;
const LINE = 500;
/** `timeout: "5" is no duration (input), did you mean …, e.g. 5m`: one fault in one line. */
function faultLine(fault) {
    const value = fault.value === undefined ? '' : ` ${JSON.stringify(fault.value)}`;
    const parts = [`${fault.name}:${value} ${fault.problem}`];
    if (fault.suggestion !== undefined)
        parts.push(`did you mean ${fault.suggestion}?`);
    if (fault.example !== undefined)
        parts.push(`for example: ${fault.example}`);
    if (fault.source !== undefined)
        parts.push(`(${fault.source})`);
    return (0,reporting_text/* cut */.Jj)((0,reporting_text/* cleanLine */.Ow)(parts.join(' ')), LINE);
}
/** A failure as a person reads it: what, evidence, state, what to do. Lines are clean; evidence is marked with a bar. */
function explain(failure) {
    const { reason, state } = failure;
    const faults = faultsOf(failure);
    return [
        `${reason.code}: ${(0,reporting_text/* cleanLine */.Ow)(reason.what)}`,
        ...faults.map((fault) => `  - ${faultLine(fault)}`),
        ...evidenceLines(reason.evidence ?? []).map((line) => `  | ${line}`),
        ...(state === undefined ? [] : [`state left behind: ${(0,reporting_text/* cleanLine */.Ow)(state)}`]),
        `what to do: ${(0,reporting_text/* cleanLine */.Ow)(reason.fix ?? catalogue/* CATALOGUE */.y[reason.code].fix)}`,
    ];
}
/** The faults of a failure, named by the event or carried by the error that is its reason. */
function faultsOf({ reason, faults }) {
    return faults ?? (reason instanceof deploy_error/* DeployError */.sH ? reason.faults : []);
}
/** The last lines of the evidence, clean and cut. */
function evidenceLines(evidence) {
    const lines = evidence.flatMap((entry) => entry.split(/\r\n|\r|\n/)).map((line) => (0,reporting_text/* cut */.Jj)((0,reporting_text/* cleanLine */.Ow)(line), LINE));
    const left = lines.length - EVIDENCE_LINES;
    return left > 0 ? [`… ${String(left)} earlier lines left out`, ...lines.slice(-EVIDENCE_LINES)] : lines;
}

;// CONCATENATED MODULE: ./build/reporting/outputs.js


const STRING = 2000;
const OUTPUT_NAMES = (/* unused pure expression or super */ null && ([
    'outcome',
    'digest',
    'image-ref',
    'revision',
    'tags',
    'reused',
    'previous-digest',
    'previous-revision',
    'reason-code',
    'reason',
    'rolled-back',
    'url',
    'result',
]));
/** The outputs of the interface as text: lists one a line, absent values empty. */
function outputsOf(result) {
    return {
        outcome: result.outcome,
        digest: result.digest ?? '',
        'image-ref': result.imageRef ?? '',
        revision: result.revision ?? '',
        tags: result.tags.join('\n'),
        reused: String(result.reused),
        'previous-digest': result.previousDigest ?? '',
        'previous-revision': result.previousRevision ?? '',
        'reason-code': result.reasonCode ?? '',
        reason: result.reason ?? '',
        'rolled-back': String(result.rolledBack),
        url: result.url ?? '',
        result: resultJson(result),
    };
}
/**
 * The `result` document in one line. Evidence is cut to its last lines: a step hands outputs on as environment
 * variables, which end at 128 KiB.
 */
function resultJson(result) {
    const bounded = result.evidence ? { ...result, evidence: evidenceLines(result.evidence) } : result;
    const cutLong = (_key, value) => (typeof value === 'string' ? (0,reporting_text/* cut */.Jj)(value, STRING) : value);
    return escapeControls(JSON.stringify(bounded, cutLong));
}
/** JSON leaves DEL, C1 controls and line separators bare; terminals and line readers do not. */
function escapeControls(json) {
    return json.replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

;// CONCATENATED MODULE: ./build/reporting/jsonl.js

/** One JSON object a line for programs: the event with the time of its emission in ISO form. */
function createEventStream(write = (text) => void process.stdout.write(text), now = Date.now) {
    const time = () => new Date(now()).toISOString();
    return {
        emit: (event) => write(`${escapeControls(JSON.stringify({ time: time(), ...event }))}\n`),
        result: (result) => write(`{"time":"${time()}","type":"result","result":${resultJson(result)}}\n`),
    };
}

;// CONCATENATED MODULE: ./build/reporting/refusal.js
/** The result of a run that ended before there was a request: inputs at fault, or our own bug. */
function refusal(action, error, run = { id: 'none', attempt: 1 }) {
    return {
        version: 1,
        action,
        outcome: error.code === 'cancelled' ? 'cancelled' : 'failed',
        reasonCode: error.code,
        reason: error.what,
        fix: error.fix,
        ...(error.evidence.length > 0 ? { evidence: error.evidence } : {}),
        ...(error.state === undefined ? {} : { state: error.state }),
        ...(error.faults.length > 0 ? { faults: error.faults } : {}),
        tags: [],
        reused: false,
        rolledBack: false,
        touched: false,
        custody: [],
        workloads: [],
        warnings: [],
        timings: {},
        run,
    };
}

// EXTERNAL MODULE: ./build/domain/tags.js
var tags = __webpack_require__(5112);
;// CONCATENATED MODULE: ./build/reporting/rollback-command.js


/**
 * The CLI line that brings the environment to a version, ready to paste.
 * @param to a commit, a digest or `previous`
 * @returns undefined where nothing was deployed, so nothing can go back
 */
function rollbackCommand(request, to) {
    const { target, environment } = request;
    if (!target || environment === undefined)
        return undefined;
    const options = [
        ['image', request.repository.name],
        ['app', request.app],
        ['deploy-to', target.name],
        ['environment', environment],
        ['environment-tag', environmentTag(request, environment)],
        ...target.workloads.map((workload) => ['workload', workload]),
        ['container', target.container],
        ...targetOptions(target),
        ['to', to],
    ];
    const given = options.filter((option) => option[1] !== undefined);
    return ['immutable-deploy', 'rollback', ...given.flatMap(([name, value]) => [`--${name}`, (0,reporting_text/* shellWord */.r7)(value)])].join(' ');
}
/** The same through GitHub, for a workflow like the one in the README. */
function rollbackDispatch(environment, to) {
    return `gh workflow run rollback.yml -f environment=${shellWord(environment)} -f to=${shellWord(to)}`;
}
/** Only where it is not what the environment's name gives anyway. */
function environmentTag(request, environment) {
    if (request.environmentTag === undefined)
        return 'off';
    return request.environmentTag === (0,tags/* environmentSlug */.Hn)(environment) ? undefined : request.environmentTag;
}
function targetOptions(target) {
    switch (target.name) {
        case 'swarm':
            return [
                ['docker-host', target.dockerHost],
                ['docker-context', target.dockerContext],
                ['docker-cert-path', target.dockerCertPath],
            ];
        case 'kubernetes':
            return [
                ['namespace', target.namespace],
                ['kube-context', target.kubeContext],
                ['strategy', target.strategy === 'rolling' ? undefined : target.strategy],
                ['active-service', target.activeService],
                ['preview-service', target.previewService],
            ];
    }
}

;// CONCATENATED MODULE: ./build/reporting/result-text.js



/** The result for a person at a terminal: what the live lines above did not say already. Ends with a line break. */
function resultText(result, request) {
    const lines = [
        ...(result.plan?.length ? ['plan (nothing was changed):', ...result.plan.map((line) => `  ${line}`), ''] : []),
        ...columns((result.versions ?? []).map((version) => [
            version.verdict,
            version.at ?? '-',
            version.revision ?? '-',
            version.digest,
            version.knownBy.join('+'),
        ])),
        ...columns(result.custody.map((link) => [link.hop, link.value, link.evidence])),
        ...(result.workloads.length > 1
            ? columns(result.workloads.map((workload) => [
                workload.name,
                workload.verdict,
                workload.replicas ?? '',
                workload.digest ?? '',
            ]))
            : []),
        verdict(result),
        ...wayBack(result, request),
    ];
    return lines.map((line) => `${(0,reporting_text/* cleanLine */.Ow)(line)}\n`).join('');
}
function verdict(result) {
    const place = result.environment === undefined ? '' : ` in ${result.environment}`;
    const why = (0,domain_outcome/* isGreen */.g)(result.outcome) && result.reason !== undefined ? `: ${result.reason}` : '';
    return `${result.action}${place}: ${result.outcome}${why}`;
}
function wayBack(result, request) {
    const to = result.previousRevision ?? result.previousDigest;
    if (!request || to === undefined || !(result.outcome === 'healthy' || result.touched))
        return [];
    const command = rollbackCommand(request, to);
    return command === undefined ? [] : [`go back: ${command}`];
}
/** Rows with their cells padded to the widest of each column, and an empty line after them. */
function columns(rows) {
    if (rows.length === 0)
        return [];
    const clean = rows.map((row) => row.map(reporting_text/* cleanLine */.Ow));
    const widths = (clean[0] ?? []).map((_, at) => Math.max(...clean.map((row) => row[at]?.length ?? 0)));
    return [
        ...clean.map((row) => row
            .map((cell, at) => cell.padEnd(widths[at] ?? 0))
            .join('  ')
            .trimEnd()),
        '',
    ];
}

// EXTERNAL MODULE: ./build/domain/duration.js
var duration = __webpack_require__(4953);
// EXTERNAL MODULE: ./build/reporting/live-line.js
var live_line = __webpack_require__(4762);
;// CONCATENATED MODULE: ./build/reporting/terminal.js




const TAIL = 30;
/**
 * Talks to a person. A terminal gets one live line with what is running and for how long, and foreign output only when
 * its step fails; everything else (a pipe, CI, TERM=dumb) gets plain lines with all of it.
 */
function createTerminalReporter(screen, env, now = Date.now) {
    return new TerminalLog(screen, env, now);
}
class TerminalLog {
    #live;
    #steps = new Map();
    #now;
    #paint;
    constructor(screen, env, now) {
        const terminal = screen.isTTY === true && env['TERM'] !== 'dumb';
        this.#paint = painter(terminal && !env['NO_COLOR']);
        this.#live = new live_line/* LiveLine */.D(screen, terminal && !env['CI'], () => this.#status());
        this.#now = now;
    }
    emit(event) {
        switch (event.type) {
            case 'step.started':
                this.#steps.set(event.step, { since: this.#now(), doing: (0,reporting_text/* cleanLine */.Ow)(event.title), tail: [] });
                if (this.#live.on)
                    this.#live.show();
                else
                    this.#live.print(`${event.step}: ${(0,reporting_text/* cleanLine */.Ow)(event.title)}`);
                break;
            case 'step.finished':
                this.#finish(event);
                break;
            case 'output':
                this.#output(event.step, event.lines.map(reporting_text/* cleanLine */.Ow));
                break;
            case 'progress':
                this.#progress(event.step, (0,reporting_text/* cleanLine */.Ow)(event.text));
                break;
            case 'check.finished':
                this.#check(event);
                break;
            case 'info':
                this.#live.print((0,reporting_text/* cleanLine */.Ow)(event.text));
                break;
            case 'notice':
            case 'warning':
                this.#live.print(`${this.#paint('yellow', event.type === 'warning' ? 'warning:' : 'note:')} ${(0,reporting_text/* cleanLine */.Ow)(event.text)}`);
                break;
            case 'failure':
                explain(event).forEach((line, index) => this.#live.print(index === 0 ? this.#paint('red', line) : line));
                break;
        }
    }
    close() {
        this.#steps.clear();
        this.#live.hide();
    }
    #finish(event) {
        const step = this.#steps.get(event.step);
        this.#steps.delete(event.step);
        if (event.result === 'failed' && this.#live.on) {
            for (const line of step?.tail ?? [])
                this.#live.print(this.#paint('dim', `  | ${line}`));
        }
        const mark = { done: this.#paint('green', '✓'), skipped: '-', failed: this.#paint('red', '✗') }[event.result];
        const detail = event.detail === '' ? '' : `  ${(0,reporting_text/* cleanLine */.Ow)(event.detail)}`;
        this.#live.print(`${mark} ${event.step} ${this.#paint('dim', (0,duration/* formatDuration */.a)(event.ms))}${detail}`);
        if (this.#steps.size === 0)
            this.#live.hide();
    }
    #output(name, lines) {
        const step = this.#steps.get(name);
        if (!this.#live.on || !step) {
            for (const line of lines)
                this.#live.print(`  | ${line}`);
            return;
        }
        step.tail.push(...lines);
        step.tail.splice(0, step.tail.length - TAIL);
        step.doing = lines.at(-1) ?? step.doing;
        this.#live.show();
    }
    #progress(name, text) {
        const step = this.#steps.get(name);
        if (this.#live.on) {
            if (step)
                step.doing = text;
            return;
        }
        // A build prints all that it does anyway.
        if (name !== 'build')
            this.#live.print(`  ${text}`);
    }
    #check(event) {
        const mark = event.passed ? this.#paint('green', '✓') : this.#paint('red', '✗');
        const attempts = event.attempts > 1 ? `, ${(0,reporting_text/* count */.U9)(event.attempts, 'attempt')}` : '';
        const facts = this.#paint('dim', `${(0,duration/* formatDuration */.a)(event.ms)}${attempts}`);
        this.#live.print(`  ${mark} ${(0,reporting_text/* cleanLine */.Ow)(event.name)} ${facts}  ${(0,reporting_text/* cleanLine */.Ow)(event.detail)}`.trimEnd());
    }
    /** `push 2.1s · smoke 3s: waiting for :8080`: all that runs; the newest step says what it does. */
    #status() {
        const running = [...this.#steps];
        if (running.length === 0)
            return undefined;
        const names = running.map(([name, step]) => `${name} ${(0,duration/* formatDuration */.a)(this.#now() - step.since)}`);
        return `${names.join(' · ')}: ${running.at(-1)?.[1].doing ?? ''}`;
    }
}
const SGR = { red: 31, green: 32, yellow: 33, dim: 2 };
function painter(colour) {
    return (style, text) => (colour ? `\u001b[${String(SGR[style])}m${text}\u001b[0m` : text);
}

;// CONCATENATED MODULE: ./build/cli/redact.js
/** Shorter values would tear ordinary words apart. */
const SHORTEST = 4;
/** What the runner does to a run's log, for a terminal. */
function createRedactor() {
    const known = new Set();
    return {
        add(secrets) {
            for (const secret of secrets.flatMap((value) => [value, ...value.split(/\r?\n/)])) {
                if (secret.trim().length < SHORTEST)
                    continue;
                known.add(secret);
                known.add(JSON.stringify(secret).slice(1, -1));
            }
        },
        clean(text) {
            // Longest first: a secret may hold another one.
            const longestFirst = [...known].sort((one, two) => two.length - one.length);
            return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
        },
    };
}

;// CONCATENATED MODULE: ./build/cli/run.js








/**
 * Runs one command of the pipeline. Talk goes to stderr; stdout carries the result alone: as text for people, as one
 * document with `--json`, as the last of the event lines with `--events`.
 * @returns the exit code
 */
async function run(verb, argv) {
    if (argv.includes('--help')) {
        const { helpFor } = await __webpack_require__.e(/* import() */ 866).then(__webpack_require__.bind(__webpack_require__, 866));
        process.stdout.write(`${helpFor(verb).trimEnd()}\n`);
        return 0;
    }
    const redactor = createRedactor();
    const teller = tellerFor(argv, redactor);
    const signal = stopOnSignals(teller);
    const mask = (secrets) => redactor.add(secrets);
    const done = await attempt(verb, argv, { reporter: teller, signal, mask, remember: () => Promise.resolve() });
    teller.end(done);
    const { outcome, touched, reasonCode } = done.result;
    return (0,domain_outcome/* exitCode */.I)(outcome, { touched, misuse: reasonCode === 'invalid-input' });
}
async function attempt(verb, argv, voice) {
    try {
        return await start(verb, argv, voice);
    }
    catch (thrown) {
        const error = (0,deploy_error/* asDeployError */.y0)(thrown);
        const state = error.state === undefined ? {} : { state: error.state };
        voice.reporter.emit({ type: 'failure', reason: error, ...state });
        return { result: refusal(verb, error) };
    }
}
async function start(verb, argv, voice) {
    if (verb === 'smoke')
        return (await Promise.all(/* import() */[__webpack_require__.e(866), __webpack_require__.e(408)]).then(__webpack_require__.bind(__webpack_require__, 3408))).runSmokeCommand({ argv }, voice);
    const { runRelease, runRollback } = await Promise.all(/* import() */[__webpack_require__.e(866), __webpack_require__.e(261)]).then(__webpack_require__.bind(__webpack_require__, 261));
    return verb === 'release' ? runRelease({ argv }, voice) : runRollback({ argv }, voice, verb);
}
function tellerFor(argv, { clean }) {
    const print = (text) => void process.stdout.write(clean(text));
    if (argv.includes('--events')) {
        const stream = createEventStream(print);
        return { emit: (event) => stream.emit(event), end: ({ result }) => stream.result(result) };
    }
    const { stderr } = process;
    const screen = {
        isTTY: stderr.isTTY,
        get columns() {
            return stderr.columns;
        },
        write: (text) => stderr.write(clean(text)),
    };
    const terminal = createTerminalReporter(screen, process.env);
    return {
        emit: (event) => terminal.emit(event),
        end({ result, request }) {
            terminal.close();
            print(argv.includes('--json') ? `${resultJson(result)}\n` : resultText(result, request));
        },
    };
}
/** The first signal ends the run in order, with the target left or restored as asked; the second one ends the process. */
function stopOnSignals(teller) {
    const controller = new AbortController();
    const onSignal = () => {
        if (controller.signal.aborted)
            process.exit(130);
        teller.emit({ type: 'notice', text: 'stopping in order; once more kills' });
        controller.abort();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    return controller.signal;
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

/***/ 3153:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I: () => (/* binding */ exitCode),
/* harmony export */   g: () => (/* binding */ isGreen)
/* harmony export */ });
const GREEN = new Set(['healthy', 'unchanged', 'released', 'checked', 'planned', 'skipped']);
function isGreen(outcome) {
    return GREEN.has(outcome);
}
/**
 * The CLI's exit code.
 * @param touched whether the target was changed and left so: a failure before that is 1, after it 3
 * @param misuse  whether the inputs were at fault
 */
function exitCode(outcome, facts) {
    if (isGreen(outcome))
        return 0;
    if (facts.misuse)
        return 2;
    switch (outcome) {
        case 'failed':
            return facts.touched ? 3 : 1;
        case 'rolled-back':
            return 1;
        case 'timed-out':
            return 4;
        case 'rollback-failed':
            return 3;
        case 'superseded':
            return 5;
        case 'cancelled':
            return 130;
        default:
            return 1;
    }
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

/***/ 4323:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   y: () => (/* binding */ CATALOGUE)
/* harmony export */ });
function entry(title, why, fix) {
    return { title, why, fix };
}
const CATALOGUE = {
    // wrong use
    'invalid-input': entry('Inputs are wrong', 'One or more inputs or configuration values cannot be used. All faults are listed together.', 'Correct the listed values; each shows an example that works.'),
    'unsafe-event': entry('Refused: a fork would be built with secrets', 'On pull_request_target with the head of a fork, foreign code would be built while secrets are in reach.', 'Use the pull_request event: it builds and smoke-tests without secrets.'),
    'not-supported': entry('The target cannot do this', 'The chosen strategy or ability does not exist on this target.', 'Choose what the message lists.'),
    // source and policy
    'no-revision': entry('The commit is unknown', 'No work tree was found and the event names no commit.', 'Check the repository out first, or set the revision input.'),
    'dirty-tree': entry('Tracked files differ from the commit', 'The image would not be what the commit says.', 'Commit the change, or remove what an earlier step modified; policy: warn lets it pass.'),
    'secret-in-context': entry('A credential-looking file would get into the image', 'An untracked file in the build context looks like a secret.', 'Delete it or list it in .dockerignore.'),
    'mutable-reference': entry('A mutable tag was given where a digest is needed', 'A tag can move between test and deploy.', 'Give the digest; policy: warn lets it pass.'),
    'older-than-running': entry('Refused: an older commit than what runs', 'The revision is an ancestor of what the environment runs now; a late run would move it back.', 'Use the rollback action to go back on purpose, or on-older: allow.'),
    'revision-mismatch': entry('The work tree is at another commit than meant', 'What would be built and promoted is not the commit that the event or the revision input names.', 'Check that commit out, or name the one that is checked out with the revision input; policy: warn lets it pass.'),
    // build
    'build-failed': entry('The build failed', 'The Dockerfile or its context does not build.', 'Read the build log above; the last step is named.'),
    'build-not-supported': entry('This builder cannot honour an input', 'Without buildx the engine builds by its own API, which lacks some features.', 'Add docker/setup-buildx-action before this step, or drop the listed inputs.'),
    'inputs-differ': entry('The same commit was released with other build inputs', 'The release tag of this revision exists and was built differently; it never moves.', 'Use the same inputs, or set tag-suffix for a second image of the same commit.'),
    'engine-unreachable': entry('No Docker engine answers', 'Build and smoke need an engine on the runner.', 'Start Docker, or set DOCKER_HOST.'),
    'engine-error': entry('The Docker engine refused or failed', 'The engine answered a request with an error.', 'Read the engine’s message.'),
    // smoke
    'smoke-exited': entry('The container exited', 'The process ended before it was ready.', 'Read its exit code and last log lines.'),
    'smoke-oom': entry('The container ran out of memory', 'The kernel killed it.', 'Raise the memory of the smoke container, or find the leak.'),
    'smoke-restarted': entry('The container restarted', 'The process ended and was started again.', 'Read its exit code and last log lines.'),
    'smoke-unhealthy': entry('The HEALTHCHECK says unhealthy', 'The image’s own health check failed.', 'Read the health log.'),
    'smoke-wrong-platform': entry('The image is for another architecture', 'The runner cannot execute it.', 'Build for the runner’s platform, or add it to platforms.'),
    'smoke-cannot-start': entry('The container cannot start', 'The engine refused to start the entrypoint.', 'Check entrypoint, command and user.'),
    'smoke-not-ready': entry('Not ready in time', 'The readiness condition was not met within startup.within.', 'Read the last answer and log lines; raise startup.within if it is only slow.'),
    'smoke-check-failed': entry('A smoke check failed', 'The image started but does not do what the checks demand.', 'Read what was expected and what came.'),
    'smoke-service-failed': entry('A dependency service of the smoke test failed', 'The service did not become ready.', 'Read its log lines.'),
    'smoke-timeout': entry('The smoke test took too long', 'Its total time-out passed.', 'Raise the timeout of the smoke file, or find what hangs.'),
    'smoke-image-mismatch': entry('What was smoked is not what was pushed', 'Digests of the tested and the pushed image differ.', 'Run again; if it stays, report it.'),
    // registry
    'registry-denied': entry('The registry refused', 'The credentials lack a right, or there are none.', 'Log in before this step; on ghcr.io add permissions: packages: write.'),
    'registry-unreachable': entry('The registry does not answer', 'Network trouble, or the registry is down.', 'Run again when it is back: nothing was changed.'),
    'registry-error': entry('The registry answered with an error', 'The request failed after retries.', 'Read the registry’s message.'),
    'image-not-found': entry('The image is not in the registry', 'The digest or tag is absent.', 'Choose one of the listed versions.'),
    'image-incomplete': entry('Part of the image is missing in the registry', 'An index names a child that is absent, mostly after a clean-up.', 'Build and release again.'),
    'digest-mismatch': entry('Bytes and digest differ', 'A registry or proxy gave other bytes than asked for.', 'Do not deploy; check the registry and what stands in front of it.'),
    'tag-conflict': entry('A tag that never moves points elsewhere', 'Another image holds the name.', 'Find out who wrote it; both digests are in the message.'),
    // rollout, all targets
    'target-unreachable': entry('The target does not answer', 'Its API cannot be reached.', 'Check the endpoint and the network.'),
    'target-denied': entry('The target refuses', 'Permissions are missing.', 'Grant what the message lists.'),
    'workload-not-found': entry('The workload does not exist', 'Nothing of that name runs on the target.', 'Create it with the printed command, or name its manifests.'),
    'container-ambiguous': entry('Which container?', 'Several containers could take the image.', 'Set the container input to one of the listed names.'),
    'nothing-runs': entry('Nothing would run', 'The workload is scaled to zero or paused, so nothing can be proven.', 'Scale it up or resume it first.'),
    'manifest-invalid': entry('A manifest cannot be used', 'The file does not parse, or lacks what is needed.', 'Correct the named file.'),
    'image-pull-failed': entry('The target cannot pull the image', 'Missing image, missing credentials or an unreachable registry on the node.', 'Check that the nodes may pull from the registry.'),
    'crash-on-start': entry('The new version crashes', 'Its process ends right after the start.', 'Read exit code and log lines.'),
    exited: entry('The new version ended by itself', 'Its process ended with exit code 0, but a service must keep running.', 'Run the process in the foreground.'),
    'out-of-memory': entry('The new version runs out of memory', 'The kernel killed it at its limit.', 'Raise the limit or find the leak.'),
    'wrong-platform': entry('The image is for another architecture than the node', 'exec format error.', 'Build for the nodes’ platform.'),
    'cannot-start': entry('The container cannot be created or started', 'Entrypoint, mounts or configuration are at fault.', 'Read the runtime’s message.'),
    'bad-config-reference': entry('Configuration that the workload refers to is missing', 'A ConfigMap, Secret, config or key does not exist.', 'Create it, or correct its name.'),
    unhealthy: entry('The new version is unhealthy', 'Its health check or readiness probe fails.', 'Read the probe and its last answer.'),
    unschedulable: entry('No node can take the new version', 'Constraints, taints or resources do not fit.', 'Read what the scheduler says.'),
    'quota-exceeded': entry('A quota or admission rule refuses new replicas', 'The target does not let them be created.', 'Raise the quota or change the rule.'),
    'died-after-ready': entry('The new version died after it was ready', 'A replica ran the right image, became healthy and then ended.', 'Read exit code and log lines.'),
    'wrong-digest': entry('Something else runs than what was released', 'A replica runs a digest that is not of the released image.', 'Find out what rewrites images on the target.'),
    reverted: entry('The target went back by itself', 'The platform reverted the rollout.', 'Read the reason it gives.'),
    'another-rollout': entry('Another run replaced the workload', 'While this run waited, somebody else changed it.', 'Nothing to do if that was meant: the newer change wins.'),
    'workload-gone': entry('The workload was deleted or recreated', 'It is not the object that this run changed.', 'Find out who removed it.'),
    'rollout-timeout': entry('The rollout did not finish in time', 'The time-out passed before every replica was proven.', 'Read what was still pending; raise timeout if it is only slow.'),
    'live-check-failed': entry('A live check failed', 'The rolled-out version does not do what live-checks demand.', 'Read what was expected and what came.'),
    'restore-failed': entry('The previous version could not be restored', 'The way back failed too: a person is needed.', 'Read which workload runs which digest, and repair by hand.'),
    'managed-elsewhere': entry('Another tool owns the workload', 'A GitOps controller or Helm would revert a direct change.', 'Change it through that tool, or exclude the image field from it.'),
    // rollback
    'no-previous': entry('There is no version to go back to', 'No other version was verified in this environment.', 'Name a version with to, or allow-unverified if you know it is good.'),
    'not-verified': entry('That version was never verified here', 'Only versions that were healthy in this environment are candidates.', 'Choose one of the listed versions, or set allow-unverified: true.'),
    'version-ambiguous': entry('Several versions match', 'The abbreviated SHA is not unique.', 'Give more digits or the digest.'),
    // run
    cancelled: entry('Cancelled', 'The run was cancelled from outside.', 'Nothing, if that was meant; the state left behind is said in the message.'),
    'tool-missing': entry('A tool is missing', 'A program that this needs is not on the machine and could not be fetched.', 'Install it, as the message says.'),
    'internal-error': entry('This is our bug', 'Something happened that the code does not expect.', 'Please report it with the log.'),
};


/***/ }),

/***/ 2364:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   KW: () => (/* binding */ cancelled),
/* harmony export */   Te: () => (/* binding */ throwIfAborted),
/* harmony export */   fJ: () => (/* binding */ fail),
/* harmony export */   sH: () => (/* binding */ DeployError),
/* harmony export */   y0: () => (/* binding */ asDeployError)
/* harmony export */ });
/* harmony import */ var _catalogue_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4323);

/** The only error that the project throws on purpose. Everything else that is thrown is our bug and is labelled so. */
class DeployError extends Error {
    name = 'DeployError';
    code;
    what;
    evidence;
    fix;
    state;
    faults;
    constructor(code, what, details = {}) {
        super(what, details.cause === undefined ? {} : { cause: details.cause });
        this.code = code;
        this.what = what;
        this.evidence = details.evidence ?? [];
        this.fix = details.fix ?? _catalogue_js__WEBPACK_IMPORTED_MODULE_0__/* .CATALOGUE */ .y[code].fix;
        this.state = details.state;
        this.faults = details.faults ?? [];
    }
}
function fail(reason, details = {}) {
    return new DeployError(reason.code, reason.what, { ...details, evidence: reason.evidence, fix: reason.fix });
}
/** Every thrown value as a DeployError: what is not ours becomes `internal-error`, labelled as our bug. */
function asDeployError(thrown) {
    if (thrown instanceof DeployError)
        return thrown;
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return new DeployError('internal-error', `unexpected: ${text}`, {
        cause: thrown,
        evidence: thrown instanceof Error && thrown.stack ? thrown.stack.split('\n').slice(0, 12) : [],
    });
}
/** The abort of a cancelled run. */
function cancelled() {
    return new DeployError('cancelled', 'the run was cancelled');
}
function throwIfAborted(signal) {
    if (signal.aborted)
        throw cancelled();
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
