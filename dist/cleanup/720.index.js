export const id = 720;
export const ids = [720];
export const modules = {

/***/ 720:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   sweepProxies: () => (/* binding */ sweepProxies)
/* harmony export */ });
/* unused harmony exports PREFIX, FALLBACK, OWNER_FILE, startTime */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(24);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(760);
/* harmony import */ var valibot__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(934);
// What a run that was killed outright leaves: a folder with a socket, and where the kernel could not help, the proxy itself.



const PREFIX = 'imd-kube-';
const FALLBACK = '/tmp';
const OWNER_FILE = 'owner.json';
const OwnerSchema = valibot__WEBPACK_IMPORTED_MODULE_2__/* .object */ .Ikc({ pid: valibot__WEBPACK_IMPORTED_MODULE_2__/* .number */ .aig(), started: valibot__WEBPACK_IMPORTED_MODULE_2__/* .string */ .YjP(), proxy: valibot__WEBPACK_IMPORTED_MODULE_2__/* .optional */ .lqM(valibot__WEBPACK_IMPORTED_MODULE_2__/* .number */ .aig()) });
/** Tells a process from a later one of the same id; empty where /proc is missing. */
function startTime(pid) {
    try {
        const stat = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(`/proc/${String(pid)}/stat`, 'utf8');
        // The name, in parentheses, may hold spaces; the start is the 20th field after it.
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    }
    catch {
        return '';
    }
}
/**
 * Ends proxies and removes folders whose run no longer exists. Other runs of this machine are left alone.
 * @returns how many folders were removed
 */
function sweepProxies(folder) {
    let removed = 0;
    for (const home of homes(folder)) {
        const owner = readOwner(home);
        if (owner && isAlive(owner))
            continue;
        // Without an owner the folder is a moment old, or not ours.
        if (!owner)
            continue;
        if (owner.proxy !== undefined && serves(owner.proxy, home))
            end(owner.proxy);
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(home, { recursive: true, force: true });
        removed += 1;
    }
    return removed;
}
/** In the folder, and where a proxy goes whose socket's path would be too long there. */
function homes(folder) {
    return [...new Set([folder, FALLBACK])].flatMap((place) => {
        return list(place).flatMap((name) => (name.startsWith(PREFIX) ? [node_path__WEBPACK_IMPORTED_MODULE_1__.join(place, name)] : []));
    });
}
function list(folder) {
    try {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readdirSync)(folder);
    }
    catch {
        return [];
    }
}
function readOwner(home) {
    try {
        const parsed = valibot__WEBPACK_IMPORTED_MODULE_2__/* .safeParse */ .xLC(OwnerSchema, JSON.parse((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(node_path__WEBPACK_IMPORTED_MODULE_1__.join(home, OWNER_FILE), 'utf8')));
        return parsed.success ? parsed.output : undefined;
    }
    catch {
        return undefined;
    }
}
function isAlive({ pid, started }) {
    if (started !== '')
        return startTime(pid) === started;
    try {
        process.kill(pid, 0);
        return true;
    }
    catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
}
/** Whether that process is the proxy of this folder, and not a later process of the same id. */
function serves(pid, home) {
    try {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(`/proc/${String(pid)}/cmdline`, 'utf8').includes(node_path__WEBPACK_IMPORTED_MODULE_1__.join(home, 's'));
    }
    catch {
        return false;
    }
}
function end(pid) {
    try {
        process.kill(-pid, 'SIGKILL');
    }
    catch {
        // Gone already.
    }
}


/***/ })

};
