import Testing

@testable import HubClient

@Suite struct MailboxTests {
  @Test func takesAllThatWaitsInOrder() async {
    let mailbox = Mailbox<Int>(limit: 10)
    mailbox.put([1, 2], weight: 2)
    mailbox.put([3], weight: 1)
    #expect(await mailbox.take().items == [1, 2, 3])
  }

  @Test func isFullFromItsLimitOnUntilItIsEmptied() async {
    let mailbox = Mailbox<Int>(limit: 3)
    mailbox.put([1, 2], weight: 2)
    #expect(!mailbox.isFull)
    mailbox.put([3], weight: 1)
    #expect(mailbox.isFull)
    #expect(await mailbox.take().wasFull)
    #expect(!mailbox.isFull)
    mailbox.put([4], weight: 1)
    #expect(await !mailbox.take().wasFull)
  }

  @Test(arguments: [0, -1]) func anEmptyOneIsNeverFull(limit: Int) async {
    let mailbox = Mailbox<Int>(limit: limit)
    #expect(!mailbox.isFull)
    mailbox.put([1], weight: 1)
    #expect(mailbox.isFull)
    #expect(await mailbox.take().wasFull)
    #expect(!mailbox.isFull)
  }

  @Test func whatWasPutBeforeTheEndIsStillTaken() async {
    let mailbox = Mailbox<Int>(limit: 10)
    mailbox.put([1], weight: 1)
    mailbox.finish()
    mailbox.put([2], weight: 1)
    #expect(await mailbox.take().items == [1])
    #expect(await mailbox.take().items == [])
  }

  @Test func theEndWakesWhoWaits() async {
    let mailbox = Mailbox<Int>(limit: 1)
    async let taken = mailbox.take().items
    mailbox.finish()
    #expect(await taken.isEmpty)
  }

  @Test func cancellationWakesWhoTakes() async {
    for _ in 0..<1_000 {
      let mailbox = Mailbox<Int>(limit: 1)
      let taking = Task { await mailbox.take().items }
      taking.cancel()
      #expect(await taking.value.isEmpty)
    }
  }
}
