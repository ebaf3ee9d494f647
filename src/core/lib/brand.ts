declare const brandKey: unique symbol

/** Makes a nominal type out of a structural one; exists only for the compiler. */
export type Brand<T, Name extends string> = T & { readonly [brandKey]: Name }
