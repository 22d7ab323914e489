/// Why a key cannot be used, and what mends it; nothing of the key is repeated.
package struct SignatureKeyError: Error, Equatable {
  package var message: String
  package var mend: String
}
