import type { LicenceClass } from './recording.ts'

/** Files that were published: what they are known as, by the first 16 digits of their SHA-256. */
interface Publication {
  readonly licenceClass: LicenceClass
  readonly source: string
  readonly hashes: readonly string[]
}

const publications: readonly Publication[] = [
  {
    licenceClass: 'B',
    source: 'Binance spot bars of 2021 from a public repository under a copyleft licence',
    hashes: ['ed4c6520c61fe586'],
  },
  {
    licenceClass: 'A',
    source: 'raw socket captures of Binance from a public repository under a permissive licence',
    hashes: ['5d263f4c5379cfc2', '179a67651ec90f8d', '0ad7b3a0f5cff220'],
  },
  {
    licenceClass: 'C',
    source: 'one day of StandX from a public repository without a licence',
    hashes: ['64193bf01589a000', '66b8a0164909b8e2', '9c7f7d78ebb4ad0f', 'b6853a3dee6cca18'],
  },
  {
    licenceClass: 'C',
    source: 'book summaries of Binance from a public repository without a licence',
    hashes: ['112eaac7a3fcda49'],
  },
  {
    licenceClass: 'B',
    source: "samples of vendors' file formats from public repositories under a copyleft licence",
    hashes: [
      'abdd6bcd4071df23',
      '5e53f958e58340da',
      'd3b40b6b35d3703e',
      '65f8b70744bacbbf',
      '4ebcc8565f4941ff',
      '40b3cdd0253172d2',
      'c2a394bf40d10a5f',
    ],
  },
  {
    licenceClass: 'C',
    source: 'Hyperliquid books and trades of 2025-09-04 from a public repository without a licence',
    hashes: [
      '27ae000b5829abfc',
      'e19cb8b09cf3b166',
      'a14ee8aaf95bf7b4',
      '12cf55a5a38cd844',
      '469420238b59080c',
      'd9b674624fbf08c7',
    ],
  },
  {
    licenceClass: 'B',
    source: 'Hyperliquid candles and funding from a public repository under a copyleft licence',
    hashes: ['42a582914f8cd0cf', '1b21db85344a411e', '213f38a2ae9338fc', '65fc6eda62ffa99f'],
  },
  {
    licenceClass: 'A',
    source: 'raw socket capture of Hyperliquid from a public repository under a permissive licence',
    hashes: ['0e48db3898684709'],
  },
  {
    licenceClass: 'A',
    source: 'replies of Hyperliquid recorded by its official SDK, permissive licence',
    hashes: [
      '147bec469989557e',
      '91527f0fe0d24794',
      '5f96515214c51fe8',
      '94614684466fbb9e',
      '281a761be600740d',
      'd4de065d232fc8d6',
      '0f86ff41e21d66f0',
    ],
  },
  {
    licenceClass: 'B',
    source: 'replies of Hyperliquid from a public repository under a copyleft licence',
    hashes: [
      '5febde4b24ddc8af',
      'f6da5ff58ca9cf48',
      'ba9e7429a4a98e3b',
      'ec2b51fe7825ce94',
      'a21b35140df50e19',
      'fd186be6dd7bd3db',
      'de849f5c9a599abb',
      '90676319f649707c',
      'a4bd5d5366e01459',
    ],
  },
  {
    licenceClass: 'C',
    source: 'Hyperliquid asset list from a public repository without a licence',
    hashes: ['c69540d1ba2f75a2'],
  },
  {
    licenceClass: 'A',
    source: 'US equities from a public repository under a permissive licence',
    hashes: [
      '7a7a7d58a07ff3ec',
      'b4de2205203bb82b',
      'ec670580301536b3',
      '6ff94a4109bc71cb',
      '2f345298025b3387',
      'e042d0db69552102',
    ],
  },
  {
    licenceClass: 'C',
    source: 'US equities from public data without a licence',
    hashes: ['e97e0c10163d43b1', '0d71fe7302595ef2', 'da3edee7dd48bbb8', '93e5985f2a5c2751'],
  },
]

/** What the content with this SHA-256 is known as, or null. */
export function knownPublication(
  sha256: string,
): Pick<Publication, 'licenceClass' | 'source'> | null {
  const start = sha256.slice(0, 16)
  return publications.find((publication) => publication.hashes.includes(start)) ?? null
}
