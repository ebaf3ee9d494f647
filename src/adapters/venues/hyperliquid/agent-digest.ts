import { bytesToHex, concatBytes, hexToBytes, keccak256, stringToBytes } from 'viem/utils'

const hashOf = (text: string): Uint8Array => keccak256(stringToBytes(text), 'bytes')
const word = (value: bigint): Uint8Array => hexToBytes(`0x${value.toString(16).padStart(64, '0')}`)

const PREFIX = Uint8Array.of(0x19, 0x01)
/** Domain of every trading action: fixed, so that it is hashed once. */
const domain = keccak256(
  concatBytes([
    hashOf('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
    hashOf('Exchange'),
    hashOf('1'),
    word(1337n),
    word(0n),
  ]),
  'bytes',
)
const agentType = hashOf('Agent(string source,bytes32 connectionId)')
const sources = { mainnet: hashOf('a'), testnet: hashOf('b') }

/**
 * The 32 bytes that are signed for a trading action: EIP-712 of `Agent{source, connectionId}`, the
 * connection id being the action's hash. Equal to what hashing the typed data anew gives.
 */
export function agentDigest(actionHash: `0x${string}`, isTestnet: boolean): `0x${string}` {
  const source = isTestnet ? sources.testnet : sources.mainnet
  const agent = keccak256(concatBytes([agentType, source, hexToBytes(actionHash)]), 'bytes')
  return bytesToHex(keccak256(concatBytes([PREFIX, domain, agent]), 'bytes'))
}
