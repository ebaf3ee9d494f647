import { assert, type TimeUs } from '../../../../core/mod.ts'
import type { Agenda } from '../../agenda.ts'
import type { Json } from '../../json.ts'
import type { Account } from '../state/account.ts'
import { checkBudget, EXPIRED_COST, limitOf } from '../state/limits.ts'
import { refuseNonce, useNonce } from '../state/nonces.ts'
import type { VenueState } from '../state/venue-state.ts'
import type { HyperliquidStore, LogEntry } from '../store.ts'
import { type AcceptedNetwork, networksOf } from '../wire/signing.ts'
import { requestTexts } from '../wire/texts.ts'
import { type ActionReply, type ActionRules, type ReadAction, refused } from './action.ts'
import { actionKinds } from './actions.ts'
import { type Envelope, readEnvelope, recoverSigners } from './envelope.ts'

/** What the gateway works with. */
export interface GatewayOptions {
  readonly state: VenueState
  readonly store: HyperliquidStore
  readonly agenda: Agenda
  readonly network: AcceptedNetwork
  readonly rules: ActionRules
  /** From receiving an action to executing it, us. */
  readonly latencyUs: number
  /** Enforces the address's request budget. */
  readonly limitsRequests: boolean
  /** Lets the venue run up to a time and tells subscribers. */
  advance(toTime: TimeUs): void
  /** Tells subscribers what an executed and logged action changed. */
  publish(): void
}

/** Takes signed actions in order of arrival, executes them one by one, logs before answering. */
export interface ExchangeGateway {
  /** Null: the body's shape is wrong (422). Rejects only when the log cannot be written. */
  submit(body: Json, receivedTime: TimeUs): Promise<ActionReply | null>
  /** Resolves when no signature is being checked. */
  idle(): Promise<void>
  /** Number of the last log entry. */
  readonly lastSequence: number
}

/** Applies one log entry to the state at its time and returns the reply as text. */
export function applyEntry(state: VenueState, entry: LogEntry, rules: ActionRules): string {
  if (entry.kind === 'deposit') {
    for (const [place, amount] of Object.entries(entry.amounts)) {
      state.deposit(entry.address, BigInt(amount), place)
    }
    return '"deposited"'
  }
  if (entry.kind === 'pause') {
    state.pause(entry.until)
    return '"paused"'
  }
  const account = state.accounts.get(entry.user)
  const read = actionKinds.get(String(entry.action['type']))?.read(entry.action) ?? null
  assert(account !== undefined && read !== null, 'a logged action has an account and a shape')
  useNonce(state.nonces, entry.signer, entry.nonce)
  const { expiresAfter } = entry
  const nowMs = Math.floor(state.time / 1000)
  if (expiresAfter !== undefined && expiresAfter < nowMs) {
    account.requestsUsed += EXPIRED_COST * read.count
    return JSON.stringify(refused(requestTexts.expired(expiresAfter, nowMs)))
  }
  countRequests(state, account, read)
  const context = { state, account, rules, signer: entry.signer, nonce: entry.nonce }
  return JSON.stringify(read.run(context))
}

function countRequests(state: VenueState, account: Account, { count }: ReadAction): void {
  const asked = { count, isCancel: false, time: state.time }
  const verdict = checkBudget(state.desk.limits, account, asked)
  if (verdict.ok && verdict.isTrickle) {
    limitOf(state.desk.limits, account.address).trickleTime = state.time
  }
  account.requestsUsed += count
}

/** Creates a gateway behind which `lastSequence` entries have been logged. */
export function createExchangeGateway(
  options: GatewayOptions,
  lastSequence: number,
): ExchangeGateway {
  const { state, store, agenda, rules } = options
  const queue = createQueue()
  let sequence = lastSequence
  const execute = (envelope: Envelope, signers: readonly string[]): ActionReply => {
    const isKnown = (signer: string): boolean =>
      state.accounts.has(signer) || state.ownerOf(signer) !== null
    const signer = signers.find(isKnown) ?? signers[0] ?? null
    const admitted = admit(options, envelope, signer)
    if (typeof admitted === 'string') return refused(admitted)
    const entry: LogEntry = {
      kind: 'action',
      time: state.time,
      signer: signer!,
      user: admitted.address,
      nonce: envelope.nonce,
      action: envelope.action,
      ...(envelope.expiresAfter === null ? {} : { expiresAfter: envelope.expiresAfter }),
    }
    const reply = applyEntry(state, entry, rules)
    sequence = store.append(entry, reply)
    options.publish()
    return JSON.parse(reply) as ActionReply
  }
  /** Runs at `time`, or now when the venue is already past it. */
  const executeAt = (time: TimeUs, envelope: Envelope, signers: readonly string[]) => {
    if (options.latencyUs === 0 || time <= state.time) {
      options.advance(time)
      return Promise.resolve(execute(envelope, signers))
    }
    return new Promise<ActionReply>((resolve, reject) => {
      agenda.at(time, () => {
        try {
          resolve(execute(envelope, signers))
        } catch (error) {
          reject(error)
        }
      })
    })
  }
  return {
    get lastSequence() {
      return sequence
    },
    async submit(body, receivedTime) {
      const envelope = readEnvelope(body)
      if (envelope === null) return null
      const recovered = recoverSigners(envelope, options.network)
      const done = await queue.turn()
      try {
        const signers = await recovered
        const time = receivedTime + options.latencyUs
        const reply = executeAt(time, envelope, signers)
        done()
        return await reply
      } finally {
        done()
      }
    },
    idle: () => queue.idle(),
  }
}

/** Turns in order of asking. */
function createQueue() {
  let tail: Promise<void> = Promise.resolve()
  return {
    /** Resolves when everybody before is done, with what to call when done oneself. */
    async turn(): Promise<() => void> {
      const before = tail
      const { promise, resolve } = Promise.withResolvers<void>()
      tail = promise
      await before
      return resolve
    },
    /** Resolves when nobody waits or is at work. */
    async idle(): Promise<void> {
      for (let seen: Promise<void> | null = null; seen !== tail; ) {
        seen = tail
        await seen
      }
    },
  }
}

/** The account an envelope may act for, or why it may not, in the venue's words. */
function admit(
  { state, network, limitsRequests }: GatewayOptions,
  envelope: Envelope,
  signer: string | null,
): Account | string {
  if (signer === null) return requestTexts.unrecoverable
  const nowMs = Math.floor(state.time / 1000)
  const { kind, action, nonce, vaultAddress } = envelope
  const owned = state.accounts.get(signer)
  const owner = owned ?? state.ownerOf(signer)
  if (owner === null) return requestTexts.unknownSigner(signer)
  if (kind.signing.kind === 'user') {
    if (owned === undefined) return requestTexts.mustDeposit(signer)
    const chains = networksOf(network).map((each) => (each === 'mainnet' ? 'Mainnet' : 'Testnet'))
    if (!chains.some((chain) => action['hyperliquidChain'] === chain)) {
      return requestTexts.wrongChain
    }
  }
  const account = vaultAddress === null ? owner : subAccountOf(state, owner, vaultAddress)
  if (account === null) return requestTexts.unknownVault(vaultAddress!)
  const refusal = refuseNonce(state.nonces, { signer, nonce, nowMs })
  if (refusal !== null) return refusal
  if (!limitsRequests) return account
  const isCancel = String(action['type']).startsWith('cancel')
  const asked = { count: envelope.read.count, isCancel, time: state.time }
  const verdict = checkBudget(state.desk.limits, account, asked)
  if (verdict.ok) return account
  return requestTexts.cumulativeRequests(verdict.used, verdict.cap, account.volume)
}

/** The sub-account of this address if it is the owner's, or null. */
function subAccountOf(state: VenueState, owner: Account, address: string): Account | null {
  const isOwn = state.desk.profiles.get(address)?.master === owner.address
  return isOwn ? (state.accounts.get(address) ?? null) : null
}
