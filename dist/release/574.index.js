export const id = 574;
export const ids = [574];
export const modules = {

/***/ 574:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  parseFile: () => (/* binding */ parseFile)
});

// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./build/config/file-shape.js
/** Keys that are structure, not inputs. */
const STRUCTURE = ['version', 'defaults', 'apps', 'environments'];

;// CONCATENATED MODULE: ./build/config/file-value.js

class ValueMisfit extends Error {
}
/**
 * A node of the file as the inputs' syntax has it: scalars as written, sequences as lists, mappings as `key=value`.
 * Documents keep the file's lines, so that faults inside them name the right one. Undefined: nothing is set.
 */
function rawOf(node, input, place) {
    if (node === null || node === undefined)
        return undefined;
    if ((0,dist/* isScalar */.jn)(node))
        return scalar(node, input, place);
    if (input.kind === 'document' && (0,dist/* isNode */.Ll)(node))
        return inPlace(node, place);
    if (input.kind !== 'list' && input.kind !== 'lines')
        throw new ValueMisfit('takes one value');
    if ((0,dist/* isSeq */.oP)(node))
        return node.items.map((item) => word(item));
    if ((0,dist/* isMap */.jh)(node))
        return node.items.map(({ key, value }) => `${word(key)}=${word(value)}`);
    throw new ValueMisfit('cannot be read');
}
function scalar(node, input, { lines }) {
    if (node.value === null)
        return undefined;
    if (input.kind !== 'document')
        return word(node).trim();
    const line = lines.linePos(node.range?.[0] ?? 0).line;
    const block = node.type === dist/* Scalar */.X5.BLOCK_LITERAL || node.type === dist/* Scalar */.X5.BLOCK_FOLDED;
    return '\n'.repeat(block ? line : line - 1) + word(node);
}
function word(node) {
    if (!(0,dist/* isScalar */.jn)(node))
        throw new ValueMisfit('takes plain values only, nothing nested');
    if (typeof node.value === 'string')
        return node.value;
    return node.value === null ? '' : (node.source ?? JSON.stringify(node.value));
}
/** The node's own text where it stands: everything around it blanked, line breaks kept. */
function inPlace(node, { text }) {
    const [start, end] = node.range ?? [0, text.length];
    return text.slice(0, start).replace(/[^\n]/g, ' ') + text.slice(start, end);
}

// EXTERNAL MODULE: ./build/config/inputs.js + 4 modules
var inputs = __webpack_require__(3195);
// EXTERNAL MODULE: ./build/config/refused.js
var refused = __webpack_require__(5167);
;// CONCATENATED MODULE: ./build/config/file-parse.js





const KEYS = (0,inputs/* fileInputs */.wQ)().map((input) => input.name);
function parseFile(text, name, faults) {
    const lines = new dist.LineCounter();
    const document = (0,dist/* parseDocument */.Tp)(text, { lineCounter: lines, prettyErrors: false });
    for (const error of document.errors) {
        const { line } = lines.linePos(error.pos[0]);
        const problem = error.code === 'DUPLICATE_KEY' ? 'has the same key twice' : `is no YAML: ${error.message}`;
        faults.add({ ...BLANK, name: 'config', source: `${name}:${line}`, problem });
    }
    if (document.errors.length > 0)
        return undefined;
    const reader = new FileReader(text, name, lines, faults, (node) => ((0,dist/* isAlias */.Vj)(node) ? node.resolve(document) : node));
    const root = document.contents;
    if (root === null)
        return { name, ...EMPTY };
    return reader.file(root);
}
const BLANK = { value: undefined, source: undefined, example: undefined, suggestion: undefined };
const EMPTY = { defaults: new Map(), environments: new Map(), apps: new Map(), only: undefined };
class FileReader {
    #place;
    #name;
    #faults;
    #follow;
    constructor(text, name, lines, faults, follow) {
        this.#place = { text, lines };
        this.#name = name;
        this.#faults = faults;
        this.#follow = (node) => follow(node);
    }
    file(root) {
        const members = this.#members(root, '', 1);
        const known = new Map(members.map((member) => [member.key, member]));
        const several = known.has('apps');
        this.#version(known.get('version'));
        const own = members.filter(({ key }) => !STRUCTURE.some((word) => word === key));
        const values = this.#entry(own, several ? STRUCTURE : [...STRUCTURE, ...KEYS]);
        const environments = this.#entries(known.get('environments'), without('app', 'environment'));
        return {
            name: this.#name,
            defaults: this.#entry(this.#membersOf(known.get('defaults')), without('app')),
            environments,
            apps: this.#apps(known.get('apps')),
            only: several ? undefined : { values, environments: new Map() },
        };
    }
    #version(member) {
        if (!member)
            return;
        const value = (0,dist/* isScalar */.jn)(member.node) ? member.node.value : undefined;
        if (value !== 1)
            this.#fault(member, 'must be 1', { example: 'version: 1' });
    }
    #apps(member) {
        const apps = this.#membersOf(member).map((app) => {
            const members = this.#membersOf(app);
            const nested = members.find(({ key }) => key === 'environments');
            const own = members.filter((each) => each !== nested);
            const values = this.#entry(own, [...without('app'), 'environments']);
            return [app.key, { values, environments: this.#entries(nested, without('app', 'environment')) }];
        });
        return new Map(apps);
    }
    #entries(member, keys) {
        return new Map(this.#membersOf(member).map((entry) => [entry.key, this.#entry(this.#membersOf(entry), keys)]));
    }
    #entry(members, keys) {
        const entry = new Map();
        for (const member of members) {
            const input = keys.includes(member.key) ? (0,inputs/* fileInputs */.wQ)().find(({ name }) => name === member.key) : undefined;
            if (!input) {
                this.#unknown(member, keys);
                continue;
            }
            try {
                const value = rawOf(member.node, input, this.#place);
                if (value !== undefined)
                    entry.set(member.key, { value, source: this.#source(member.line) });
            }
            catch (thrown) {
                if (!(thrown instanceof ValueMisfit))
                    throw thrown;
                this.#fault(member, thrown.message, { example: `${member.key}: ${input.example}` });
            }
        }
        return entry;
    }
    #unknown(member, keys) {
        const suggestion = (0,refused/* meant */.wx)(member.key, keys);
        const input = inputs/* INPUTS */.mc.find(({ name }) => name === member.key);
        if (KEYS.includes(member.key)) {
            const root = member.name === member.key;
            this.#fault(member, root ? 'belongs under defaults or into one of the apps' : 'cannot be set here');
        }
        else if (input?.kind.startsWith('secret')) {
            this.#fault(member, 'is a secret: it never belongs into a file', { example: 'secret-envs: npm=NPM_TOKEN' });
        }
        else if (input) {
            this.#fault(member, 'belongs to one run: it is an input only, not a key of this file');
        }
        else {
            const { problem, example } = (0,refused/* explain */.WE)('release', member.key);
            this.#fault(member, problem.replace(/is no input of release$/, 'is no key of this file'), {
                ...(example ? { example } : {}),
                ...(suggestion ? { suggestion } : {}),
            });
        }
    }
    #membersOf(member) {
        return member ? this.#members(member.node, member.name, member.line) : [];
    }
    #members(node, name, line) {
        if ((0,dist/* isScalar */.jn)(node) && node.value === null)
            return [];
        if (!(0,dist/* isMap */.jh)(node)) {
            this.#fault({ name: name === '' ? 'config' : name, line }, 'must be a mapping of keys and values');
            return [];
        }
        return node.items.map((pair) => this.#member(pair, name));
    }
    #member({ key, value }, parent) {
        const text = (0,dist/* isScalar */.jn)(key) ? String(key.value) : String(key);
        const start = (0,dist/* isScalar */.jn)(key) ? (key.range?.[0] ?? 0) : 0;
        return {
            key: text,
            name: parent === '' ? text : `${parent}.${text}`,
            line: this.#place.lines.linePos(start).line,
            node: this.#follow(value),
        };
    }
    #source(line) {
        return `${this.#name}:${line}`;
    }
    #fault(at, problem, more = {}) {
        this.#faults.add({ ...BLANK, name: at.name, source: this.#source(at.line), problem, ...more });
    }
}
function without(...names) {
    return KEYS.filter((key) => !names.includes(key));
}


/***/ })

};
