import Testing

@testable import HubClient

@Suite struct MailboxTests {
  @Test func takesAllThatWaitsInOrder() async {
    let mailbox = Mailbox<Int>(limit: 10)
    mailbox.put([1, 2], weight: 2)
    mailbox.put([3], weight: 1)
    #expect(await mailbox.take() == [1, 2, 3])
  }

  @Test func isFullFromItsLimitOnUntilItIsEmptied() async {
    let mailbox = Mailbox<Int>(limit: 3)
    mailbox.put([1, 2], weight: 2)
    #expect(!mailbox.isFull)
    mailbox.put([3], weight: 1)
    #expect(mailbox.isFull)
    async let room: Void = mailbox.waitForRoom()
    _ = await mailbox.take()
    await room
    #expect(!mailbox.isFull)
  }

  @Test func whatWasPutBeforeTheEndIsStillTaken() async {
    let mailbox = Mailbox<Int>(limit: 10)
    mailbox.put([1], weight: 1)
    mailbox.finish()
    mailbox.put([2], weight: 1)
    #expect(await mailbox.take() == [1])
    #expect(await mailbox.take() == [])
  }

  @Test func theEndWakesWhoWaits() async {
    let mailbox = Mailbox<Int>(limit: 1)
    async let taken = mailbox.take()
    mailbox.finish()
    #expect(await taken == [])
    await mailbox.waitForRoom()
  }

  @Test func cancellationWakesWhoTakes() async {
    for _ in 0..<1_000 {
      let mailbox = Mailbox<Int>(limit: 1)
      let taking = Task { await mailbox.take() }
      taking.cancel()
      #expect(await taking.value == [])
    }
  }
}
