export const id = 889;
export const ids = [889];
export const modules = {

/***/ 6889:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  summarize: () => (/* binding */ summarize)
});

// EXTERNAL MODULE: ./build/domain/digest.js
var digest = __webpack_require__(3213);
// EXTERNAL MODULE: ./build/domain/duration.js
var duration = __webpack_require__(4953);
// EXTERNAL MODULE: ./build/domain/outcome.js
var outcome = __webpack_require__(3153);
// EXTERNAL MODULE: ./build/domain/revision.js
var revision = __webpack_require__(8440);
// EXTERNAL MODULE: ./build/reporting/explain.js
var explain = __webpack_require__(5542);
// EXTERNAL MODULE: ./build/reporting/text.js
var reporting_text = __webpack_require__(7054);
;// CONCATENATED MODULE: ./build/reporting/markdown.js
// Markdown out of foreign text: shown as it is, never interpreted as links, images, HTML, mentions or table borders.

/** Text in a sentence: everything that Markdown or GitHub could read as syntax becomes a character reference. */
function plain(text) {
    return (0,reporting_text/* cleanLine */.Ow)(text).replace(/[!"#$&'()*<>@[\\\]^_`{|}~]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
/** A code span that its content cannot end, safe inside a table cell too. Empty text is a dash. */
function code(text, max = 300) {
    const content = (0,reporting_text/* cut */.Jj)((0,reporting_text/* cleanLine */.Ow)(text), max).trim();
    if (content === '')
        return '–';
    // A pipe ends a cell even within a code span, and its escape is not honoured everywhere: as HTML it is only a character.
    if (content.includes('|'))
        return `<code>${plain(content)}</code>`;
    const tick = '`'.repeat(longestRun(content) + 1);
    const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
    return `${tick}${pad}${content}${pad}${tick}`;
}
/** A fenced block that its lines cannot close. */
function fence(lines, language = 'text') {
    const content = lines.map((line) => (0,reporting_text/* cleanText */.X5)(line)).join('\n');
    const ticks = '`'.repeat(Math.max(3, longestRun(content) + 1));
    return `${ticks}${language}\n${content}\n${ticks}`;
}
/** @param rows cells are Markdown already */
function table(head, rows) {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
function longestRun(text) {
    return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
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
    return `gh workflow run rollback.yml -f environment=${(0,reporting_text/* shellWord */.r7)(environment)} -f to=${(0,reporting_text/* shellWord */.r7)(to)}`;
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

;// CONCATENATED MODULE: ./build/reporting/summary.js







/** The runner drops a summary above 1 MiB as a whole; ours ends well before. */
const MAX_BYTES = 900_000;
const ROWS = 200;
/**
 * The job summary: the verdict, the chain of custody and what a person needs next. Pure.
 * @param request what was asked for; without it (inputs at fault) there is no rollback command
 */
function summarize(result, request) {
    const sections = [
        verdictLine(result),
        failure(result),
        custody(result.custody),
        workloads(result.workloads),
        checks(result.checks ?? []),
        versions(result.versions ?? []),
        plan(result.plan ?? []),
        goBack(result, request),
        footer(result),
    ].filter((section) => section !== undefined);
    return bounded(sections);
}
const SIGN = {
    planned: '📝',
    skipped: '⏭️',
    superseded: '⏩',
    cancelled: '🚫',
};
function verdictLine(result) {
    const sign = SIGN[result.outcome] ?? ((0,outcome/* isGreen */.g)(result.outcome) ? '✅' : '❌');
    const where = [result.app && plain(result.app), result.environment && `in **${plain(result.environment)}**`];
    const what = [
        result.digest && code((0,digest/* shortDigest */.VK)(result.digest)),
        result.revision && `commit ${code((0,revision/* shortRevision */.w)(result.revision))}`,
    ];
    const subject = where.filter(Boolean).join(' ');
    const version = what.filter(Boolean).join(', ');
    return `## ${sign} ${result.action}: ${result.outcome}${subject ? ` — ${subject}` : ''}${version ? ` (${version})` : ''}`;
}
const HOP = {
    commit: 'commit',
    built: 'built',
    smoked: 'smoke-tested',
    promoted: 'promoted',
    running: 'running',
};
function custody(links) {
    if (links.length === 0)
        return undefined;
    const rows = links.map((link) => [HOP[link.hop], code(link.value), plain(link.evidence)]);
    return `### Chain of custody\n\n${table(['', 'identity', 'established by'], rows)}`;
}
function workloads(all) {
    if (all.length === 0)
        return undefined;
    const namespaced = all.some((workload) => workload.namespace !== undefined);
    const head = ['workload', ...(namespaced ? ['namespace'] : []), 'verdict', 'replicas', 'runs', 'reason'];
    const rows = all
        .slice(0, ROWS)
        .map((workload) => [
        code(workload.name),
        ...(namespaced ? [code(workload.namespace ?? '')] : []),
        workload.verdict,
        plain(workload.replicas ?? '–'),
        code((0,digest/* shortDigest */.VK)(workload.digest ?? '')),
        [workload.reasonCode && code(workload.reasonCode), workload.reason && plain(workload.reason)]
            .filter(Boolean)
            .join(' ') || '–',
    ]);
    return `### Workloads\n\n${table(head, rows)}${leftOut(all.length)}`;
}
function checks(all) {
    if (all.length === 0)
        return undefined;
    const rows = all
        .slice(0, ROWS)
        .map((check) => [
        code(check.name),
        check.passed ? '✅' : '❌',
        (0,duration/* formatDuration */.a)(check.ms),
        String(check.attempts),
        code(check.detail),
    ]);
    return `### Checks\n\n${table(['check', '', 'time', 'attempts', 'detail'], rows)}${leftOut(all.length)}`;
}
function versions(all) {
    if (all.length === 0)
        return undefined;
    const rows = all
        .slice(0, ROWS)
        .map((version) => [
        plain(version.at ?? '–'),
        code(version.revision ?? ''),
        code(version.digest),
        version.verdict,
        version.knownBy.join(', '),
    ]);
    return `### Versions\n\n${table(['verified at', 'commit', 'digest', 'verdict', 'known by'], rows)}${leftOut(all.length)}`;
}
function plan(lines) {
    return lines.length === 0 ? undefined : `### Plan: nothing was changed\n\n${fence(lines)}`;
}
/** What went wrong, what was seen, what is left behind, what to do. Green results that carry a reason say only that. */
function failure(result) {
    if (result.reason === undefined)
        return undefined;
    const parts = [`${result.reasonCode === undefined ? '' : `${code(result.reasonCode)}: `}${plain(result.reason)}`];
    const faults = (result.faults ?? []).map((fault) => (0,explain/* faultLine */.z9)(fault));
    if (faults.length > 0)
        parts.push(fence(faults.slice(0, ROWS)));
    if (result.evidence?.length)
        parts.push(fence((0,explain/* evidenceLines */.p1)(result.evidence)));
    if (result.state !== undefined)
        parts.push(`**State left behind:** ${plain(result.state)}`);
    if (result.fix !== undefined && !(0,outcome/* isGreen */.g)(result.outcome))
        parts.push(`**What to do:** ${plain(result.fix)}`);
    return parts.join('\n\n');
}
/** The way back, wherever the target runs something that this run put there. */
function goBack(result, request) {
    const to = result.previousRevision ?? result.previousDigest;
    const changed = result.outcome === 'healthy' || result.touched;
    if (!request || !changed || to === undefined || request.environment === undefined)
        return undefined;
    const command = rollbackCommand(request, to);
    if (command === undefined)
        return undefined;
    return `### Go back\n\n${fence([rollbackDispatch(request.environment, to), '# or, with the CLI', command], 'sh')}`;
}
function footer(result) {
    const steps = Object.entries(result.timings).map(([step, ms]) => `${plain(step)} ${(0,duration/* formatDuration */.a)(ms)}`);
    const warnings = result.warnings.slice(0, ROWS).map((warning) => `- ⚠️ ${plain(warning)}`);
    const lines = [warnings.join('\n'), steps.length > 0 ? `<sub>${steps.join(' · ')}</sub>` : ''];
    return lines.filter((line) => line !== '').join('\n\n') || undefined;
}
function leftOut(total) {
    return total > ROWS ? `\n\n… and ${String(total - ROWS)} more, all in the \`result\` output.` : '';
}
/** Whole sections as long as they fit: half a table or an open fence would spoil what follows. */
function bounded(sections) {
    let text = '';
    for (const section of sections) {
        if (Buffer.byteLength(text) + Buffer.byteLength(section) > MAX_BYTES) {
            text += '_A section was left out: the summary would have become too long._\n\n';
            continue;
        }
        text += `${section}\n\n`;
    }
    return text;
}


/***/ })

};
