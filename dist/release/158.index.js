export const id=158;export const ids=[158];export const modules={4158:(e,t,r)=>{
/**
 * @license
 * Copyright 2020 Balena Ltd.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *    http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 *
 * ------------------------------------------------------------------------
 *
 * Copyright 2018 Zeit, Inc.
 * Licensed under the MIT License. See file LICENSE.md for a full copy.
 *
 * ------------------------------------------------------------------------
 */
const i=r(6928),s=e=>new a(e);function n(e){return Array.isArray(e)?e:[e]}s.default=s,e.exports=s;const l="\\"===i.sep?/(?<=.)\\$/:/(?<=.)\/$/,h="undefined"!=typeof Symbol?Symbol.for("dockerignore"):"dockerignore";function c(e){return i.normalize(e).replace(l,"")}class a{constructor({ignorecase:e=!0}={}){this._rules=[],this._ignorecase=e,this[h]=!0,this._initCache()}_initCache(){this._cache={}}add(e){return this._added=!1,"string"==typeof e&&(e=e.split(/\r?\n/g)),n(e).forEach(this._addPattern,this),this._added&&this._initCache(),this}addPattern(e){return this.add(e)}_addPattern(e){if(e&&e[h])return this._rules=this._rules.concat(e._rules),void(this._added=!0);if(this._checkPattern(e)){const t=this._createRule(e.trim());null!==t&&(this._added=!0,this._rules.push(t))}}_checkPattern(e){return e&&"string"==typeof e&&0!==e.indexOf("#")&&""!==e.trim()}filter(e){return n(e).filter(e=>this._filter(e))}createFilter(){return e=>this._filter(e)}ignores(e){return!this._filter(e)}_createRule(e){const t=e;let r=!1;var s;if("!"===e[0]&&(r=!0,e=e.substring(1).trim()),e.length>0&&(e=c(e),s=e,(e="/"===i.sep?s:s.replace(/\\/g,"/")).length>1&&"/"===e[0]&&(e=e.slice(1))),r&&(e="!"+e),""===(e=e.trim()))return null;if("!"===(e=c(e))[0]){if(1===e.length)return null;r=!0,e=e.substring(1)}else r=!1;return{origin:t,pattern:e,dirs:e.split(i.sep),negative:r}}_filter(e){return!!e&&(e in this._cache?this._cache[e]:this._cache[e]=this._test(e))}_test(e){e=function(e){return"/"===i.sep?e:e.replace(/\//g,i.sep)}(e);const t=c(i.dirname(e)),r=t.split(i.sep);let s=!1;return this._rules.forEach(n=>{let l=this._match(e,n);if(!l&&"."!==t)if(n.dirs.includes("**"))for(let e=n.dirs.filter(e=>"**"!==e).length;e<=r.length;e++)l=l||this._match(r.slice(0,e).join(i.sep),n);else n.dirs.length<=r.length&&(l=this._match(r.slice(0,n.dirs.length).join(i.sep),n));l&&(s=!n.negative)}),!s}_match(e,t){return this._compile(t).regexp.test(e)}_compile(e){if(e.regexp)return e;let t="^",r="\\"===i.sep?"\\\\":i.sep;for(let s=0;s<e.pattern.length;s++){const n=e.pattern[s];if("*"===n)"*"===e.pattern[s+1]?(s++,e.pattern[s+1]===i.sep&&s++,void 0===e.pattern[s+1]?t+=".*":t+=`(.*${r})?`):t+=`[^${r}]*`;else if("?"===n)t+=`[^${r}]`;else if("."===n||"$"===n)t+=`\\${n}`;else if("\\"===n){if("\\"===i.sep){t+=r;continue}void 0!==e.pattern[s+1]?(t+="\\"+e.pattern[s+1],s++):t+="\\"}else t+=n}return t+="$",e.regexp=new RegExp(t,this._ignorecase?"i":""),e}}}};