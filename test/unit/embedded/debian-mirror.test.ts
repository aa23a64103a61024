import { expect, it } from 'vitest';
import { chooseMirror } from '../../../runtime/embedded/debian-mirror.ts';

const security = 'Packages|main|Debian|Debian-Security|http://mirror.example/debian-security/';
const main = 'Packages|main|Debian|Debian|http://mirror.example/debian/';
const foreign = 'Packages|main|Some Vendor|Some Vendor|http://vendor.example/debian/';
/** What apt says with nothing downloaded: the variables stay as they are. */
const unknown = (address: string): string => `Packages|main|$(ORIGIN)|$(LABEL)|${address}`;

it.each([
  ['the main archive, not the security one', [security, main], 'http://mirror.example/debian/'],
  ['Debian, not a vendor whose address looks like it', [foreign, main], 'http://mirror.example/debian/'],
  [
    'a mirror under any address, when its origin is known',
    ['Packages|main|Debian|Debian|mirror+file:/etc/m'],
    'mirror+file:/etc/m',
  ],
  [
    'by its address, when apt knows no origin',
    [unknown('http://mirror.example/debian/')],
    'http://mirror.example/debian/',
  ],
  ['by an address of more than one part', [unknown('https://m.example/pub/debian')], 'https://m.example/pub/debian'],
  [
    'a known origin before a likely address',
    [unknown('http://other.example/debian'), main],
    'http://mirror.example/debian/',
  ],
  ['no vendor', [foreign], undefined],
  ['no Ubuntu', ['Packages|main|Ubuntu|Ubuntu|http://archive.example/ubuntu/'], undefined],
  ['no security archive', [unknown('http://mirror.example/debian-security')], undefined],
  ['no other component', ['Packages|contrib|Debian|Debian|http://mirror.example/debian/'], undefined],
  ['no other index', ['DEP-11|main|Debian|Debian|http://mirror.example/debian/'], undefined],
  ['no CD', [unknown('cdrom:[Debian GNU/Linux]/debian')], undefined],
  ['nothing from nothing', [''], undefined],
])('The choice of a mirror is %s', (_what, lines, mirror) => {
  expect(chooseMirror(lines.join('\n'))).toBe(mirror);
});
