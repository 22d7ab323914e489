extension SettingsKey {
  /// What is told and asked of services over HTTP.
  static let webhooks: [SettingsKey] = [
    SettingsKey(
      "webhooks.targets", \.webhooks.targets, .webhookTargets,
      "services that may be called, each with name, url and secretFile"),
    SettingsKey("webhooks.batch.events", \.webhooks.batch.events, .count(1...10_000), "most events of one webhook"),
    SettingsKey(
      "webhooks.batch.time", \.webhooks.batch.time, .duration(.zero ... .seconds(60)),
      "how long a webhook's first event waits for others"),
    SettingsKey(
      "webhooks.queue.events", \.webhooks.queue.events, .count(1...10_000_000), "most events waiting for one target"),
    SettingsKey(
      "webhooks.queue.bytes", \.webhooks.queue.bytes, .size(1 << 10...1 << 30), "most bytes waiting for one target"),
    SettingsKey(
      "webhooks.retry", \.webhooks.retry, .duration(.zero ... .seconds(7 * 86_400)),
      "how long a webhook is tried before it is dropped"),
    SettingsKey(
      "webhooks.time", \.webhooks.time, .duration(.milliseconds(100) ... .seconds(300)),
      "time for a webhook and its answer"),
    SettingsKey(
      "webhooks.connections", \.webhooks.connections, .targetName, "target told of connections that open and close"),
    SettingsKey("webhooks.connect.target", \.webhooks.connect.target, .targetName, "target asked who may connect"),
    SettingsKey(
      "webhooks.connect.time", \.webhooks.connect.time, .duration(WebhookSettings.answerTime), "time for its answer"),
    SettingsKey(
      "webhooks.connect.cache", \.webhooks.connect.cache, .duration(WebhookSettings.cacheTime),
      "how long its answer about a user counts"),
    SettingsKey(
      "webhooks.connect.away", \.webhooks.connect.away, .names(of: BackendAbsence.self),
      "what holds while it is away: refuse, allow"),
    SettingsKey("webhooks.calls", \.webhooks.calls, .count(1...10_000), "questions to one backend under way at once"),
    SettingsKey("webhooks.waiting", \.webhooks.waiting, .count(0...1_000_000), "questions to one backend that wait"),
  ]
}
