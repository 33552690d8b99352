export const id = 500;
export const ids = [500];
export const modules = {

/***/ 1500:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createSource: () => (/* binding */ createSource)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/adapters/github/api.js
var github_api = __webpack_require__(813);
;// CONCATENATED MODULE: ./build/adapters/git/compare-api.js

const ANSWERS = {
    identical: 'same',
    behind: 'older',
    ahead: 'newer',
    diverged: 'diverged',
};
/** Asks GitHub how two commits stand to each other; whatever goes wrong is 'unknown', never an error. */
async function compareByApi(api, revision, other) {
    try {
        const answer = await (0,github_api/* getFromRepository */.t)(api, `compare/${other}...${revision}?per_page=1`);
        const status = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'status') : undefined;
        return (typeof status === 'string' ? ANSWERS[status] : undefined) ?? 'unknown';
    }
    catch {
        return 'unknown';
    }
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: ./build/errors/deploy-error.js
var deploy_error = __webpack_require__(2364);
;// CONCATENATED MODULE: ./build/adapters/git/git.js


/** Where a hook or another tool points Git: the folder must decide, not they. */
const REDIRECTIONS = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR'];
const MANY_FILES = 64 * 1024 * 1024;
/**
 * One short call of git in a folder; exit codes are answers.
 * @throws DeployError tool-missing, no-revision where Git distrusts the folder's owner
 */
async function git(folder, args, env) {
    const { error, stdout, stderr } = await new Promise((resolve) => {
        const options = { cwd: folder, env: environment(env), maxBuffer: MANY_FILES, windowsHide: true };
        const child = (0,external_node_child_process_.execFile)('git', [...args], options, (error, stdout, stderr) => resolve({ error, stdout, stderr }));
        child.stdin?.end();
    });
    if (!error)
        return { code: 0, stdout, stderr };
    if (!('code' in error) || typeof error.code !== 'number')
        throw notRun(error, folder);
    if (stderr.includes('dubious ownership'))
        throw distrusted(folder);
    return { code: error.code, stdout, stderr };
}
function environment(env) {
    const clean = { ...env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
    for (const name of REDIRECTIONS)
        Reflect.deleteProperty(clean, name);
    return clean;
}
function notRun(error, folder) {
    const missing = 'code' in error && error.code === 'ENOENT';
    return new deploy_error/* DeployError */.sH('tool-missing', missing ? 'git is not on PATH' : `git did not answer: ${error.message}`, {
        fix: missing ? 'Install git, or set the revision input.' : `Run git status in ${folder} and see what it says.`,
        cause: error,
    });
}
function distrusted(folder) {
    const what = `Git refuses ${folder}: it belongs to another user than the one that runs this step`;
    return new deploy_error/* DeployError */.sH('no-revision', what, {
        fix: `Add a step before this one:  git config --global --add safe.directory ${folder}`,
        state: 'nothing was built, pushed or changed',
    });
}

;// CONCATENATED MODULE: ./build/adapters/git/status.js
/** Fields before the path, by kind of line. */
const FIELDS = { '1': 8, '2': 9, u: 10 };
function parseStatus(text) {
    let revision;
    const dirty = [];
    const untracked = [];
    const entries = text.split('\0');
    for (let index = 0; index < entries.length; index += 1) {
        const entry = entries[index] ?? '';
        const kind = entry[0] ?? '';
        if (entry.startsWith('# branch.oid ')) {
            const oid = entry.slice('# branch.oid '.length);
            revision = /^[0-9a-f]{40}$/.test(oid) ? oid : undefined;
        }
        else if (kind === '?') {
            untracked.push(entry.slice(2));
        }
        else if (FIELDS[kind] !== undefined) {
            const fields = entry.split(' ');
            if (!onlyUntrackedInside(fields))
                dirty.push(fields.slice(FIELDS[kind]).join(' '));
            // A rename is followed by the path that it came from.
            if (kind === '2')
                index += 1;
        }
    }
    return { revision, dirty, untracked };
}
/** A submodule at its commit whose only change is files that nobody tracks: `.M S..U`. */
function onlyUntrackedInside([, change, submodule]) {
    return change === '.M' && submodule === 'S..U';
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
;// CONCATENATED MODULE: ./build/adapters/git/work-tree.js


/** The folder upwards that holds `.git` (a folder, or a file in worktrees and submodules); no process is asked. */
function workTreeOf(folder) {
    for (let here = external_node_path_.resolve(folder);; here = external_node_path_.dirname(here)) {
        if ((0,external_node_fs_.existsSync)(external_node_path_.join(here, '.git')))
            return here;
        if (here === external_node_path_.dirname(here))
            return undefined;
    }
}
/** Web address of the remote `origin`, without credentials; undefined where there is none or it is no web host's. */
function originUrl(workTree) {
    try {
        const config = (0,external_node_fs_.readFileSync)(external_node_path_.join(commonFolder(workTree), 'config'), 'utf8');
        const section = /^\[remote "origin"\]\s*$([^[]*)/m.exec(config)?.[1];
        const url = section === undefined ? undefined : /^\s*url\s*=\s*(.+?)\s*$/m.exec(section)?.[1];
        return url === undefined ? undefined : webAddress(url);
    }
    catch {
        return undefined;
    }
}
/** `.git` itself, or the folder that all worktrees of the repository share. */
function commonFolder(workTree) {
    const dot = external_node_path_.join(workTree, '.git');
    const pointer = readPointer(dot, /^gitdir: (.+)$/m);
    if (pointer === undefined)
        return dot;
    const own = external_node_path_.resolve(workTree, pointer);
    const common = readPointer(external_node_path_.join(own, 'commondir'), /^(.+)$/m);
    return common === undefined ? own : external_node_path_.resolve(own, common);
}
function readPointer(file, pattern) {
    try {
        return pattern.exec((0,external_node_fs_.readFileSync)(file, 'utf8'))?.[1]?.trim();
    }
    catch {
        return undefined;
    }
}
/** `git@host:owner/name.git` and `https://token@host/owner/name.git` are `https://host/owner/name`. */
function webAddress(remote) {
    const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/)(.+)$/.exec(remote);
    const text = scp && !remote.includes('://') ? `ssh://${scp[1] ?? ''}/${scp[2] ?? ''}` : remote;
    if (!URL.canParse(text))
        return undefined;
    const url = new URL(text);
    if (!/^(?:https?|ssh|git):$/.test(url.protocol) || url.hostname === '')
        return undefined;
    const web = /^https?:$/.test(url.protocol);
    const host = web ? url.host : url.hostname;
    return `${web ? url.protocol : 'https:'}//${host}${url.pathname.replace(/\.git\/?$|\/$/, '')}`;
}

;// CONCATENATED MODULE: ./build/adapters/git/index.js
/** The source of commits: a Git work tree, and GitHub where the local history does not reach far enough. */





/** Facts of a context are asked once: two processes side by side. */
function createSource(options) {
    const asked = new Map();
    let folder = options.cwd;
    return {
        facts(context) {
            const known = asked.get(context);
            if (known)
                return known;
            if (external_node_path_.isAbsolute(context))
                folder = context;
            const facts = external_node_path_.isAbsolute(context) ? factsOf(context, options.env) : Promise.resolve(undefined);
            asked.set(context, facts);
            return facts;
        },
        async compare(revision, other) {
            if (revision === other)
                return 'same';
            const local = await compareLocally(folder, options.env, revision, other);
            if (local !== 'unknown' || !options.github)
                return local;
            return compareByApi(options.github, revision, other);
        },
    };
}
async function factsOf(context, env) {
    const top = workTreeOf(context);
    if (top === undefined)
        return undefined;
    const [status, log] = await Promise.all([
        git(top, ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=all'], env),
        git(top, ['log', '-1', '--no-show-signature', '--format=%H%n%ct'], env),
    ]);
    const [revision = '', seconds = ''] = log.stdout.trim().split('\n');
    const { dirty, untracked, revision: head } = parseStatus(status.stdout);
    if (status.code !== 0 || log.code !== 0 || head === undefined)
        return undefined;
    const url = originUrl(top);
    return {
        revision,
        committedAt: Number(seconds),
        dirty,
        untracked: below(untracked, external_node_path_.relative(top, context)),
        ...(url === undefined ? {} : { url }),
    };
}
/** Paths inside a folder of the work tree, relative to it. */
function below(files, folder) {
    if (folder === '')
        return [...files];
    const prefix = `${folder.split(external_node_path_.sep).join('/')}/`;
    return files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
}
/** An ancestor that is found is one; one that is not found in a cut history may still be. */
async function compareLocally(folder, env, revision, other) {
    const top = workTreeOf(folder);
    if (top === undefined)
        return 'unknown';
    const ancestor = (one, two) => git(top, ['merge-base', '--is-ancestor', one, two], env);
    try {
        const [older, newer] = await Promise.all([ancestor(revision, other), ancestor(other, revision)]);
        if (older.code === 0)
            return 'older';
        if (newer.code === 0)
            return 'newer';
        if (older.code !== 1 || newer.code !== 1)
            return 'unknown';
        const shallow = await git(top, ['rev-parse', '--is-shallow-repository'], env);
        return shallow.stdout.trim() === 'false' ? 'diverged' : 'unknown';
    }
    catch {
        return 'unknown';
    }
}


/***/ }),

/***/ 813:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   t: () => (/* binding */ getFromRepository)
/* harmony export */ });
const PATIENCE = 5000;
/**
 * GETs a path below the repository's own, e.g. `actions/runs/1`.
 * @throws whatever the client throws: callers treat GitHub as something that may be away
 */
async function getFromRepository({ apiUrl, repository, token }, path) {
    const { getOctokit } = await Promise.all(/* import() */[__webpack_require__.e(119), __webpack_require__.e(413)]).then(__webpack_require__.bind(__webpack_require__, 2413));
    const octokit = getOctokit(token, { baseUrl: apiUrl });
    const answer = await octokit.request(`GET /repos/${repository}/${path}`, {
        request: { signal: AbortSignal.timeout(PATIENCE) },
    });
    return answer.data;
}


/***/ })

};
