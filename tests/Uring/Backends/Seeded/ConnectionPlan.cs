namespace TlsProxy.Uring.Tests.Backends.Seeded;

/// <summary>What one connection of a schedule does, on the loop's side and on its peer's.</summary>
/// <param name="Sends">Bytes that the loop's side sends.</param>
/// <param name="PeerSends">Bytes that the peer sends.</param>
/// <param name="SendMaximum">Bytes of one send at most.</param>
/// <param name="Cancels">Of a thousand completed receives, after how many the receive is cancelled and begun again.</param>
/// <param name="GivesUpAfter">Bytes received after which the loop's side cancels everything and closes; beyond what is sent for
/// never.</param>
/// <param name="PeerResetsAfter">Bytes received after which the peer resets; beyond what is sent for never.</param>
internal sealed record ConnectionPlan(
    int Seed, int Sends, int PeerSends, int SendMaximum, int Cancels, bool IsMultishot, int GivesUpAfter, int PeerResetsAfter)
{
    public static ConnectionPlan Create(Random random) => new(
        random.Next(), Length(random), Length(random), 1 << random.Next(4, 18),
        random.Next(3) == 0 ? random.Next(1, 500) : 0, random.Next(4) != 0,
        random.Next(5) == 0 ? random.Next(100_000) : int.MaxValue, random.Next(5) == 0 ? random.Next(100_000) : int.MaxValue);

    /// <summary>Nothing ends before its time, so that every byte arrives.</summary>
    public bool IsCalm => GivesUpAfter >= PeerSends && PeerResetsAfter >= Sends;

    private static int Length(Random random) => random.Next(3) switch
    {
        0 => random.Next(100),
        1 => random.Next(10_000),
        _ => random.Next(400_000),
    };
}
