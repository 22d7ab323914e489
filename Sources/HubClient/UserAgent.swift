/// How clients call themselves.
enum UserAgent {
  static let text = "roomcast-swift"
}
