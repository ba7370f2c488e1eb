namespace TlsProxy.Uring.Loop;

/// <summary>A deadline slot held by its owner; armed, moved and disarmed in constant time without allocating.</summary>
public sealed class Deadline
{
    /// <param name="owner">Who is called when it passes.</param>
    /// <param name="tag">Tells the owner's deadlines apart.</param>
    public Deadline(IDeadlineHandler owner, int tag = 0)
    {
        Owner = owner;
        Tag = tag;
    }

    public int Tag { get; }

    public bool IsArmed => Queue is not null;

    internal IDeadlineHandler Owner { get; }

    internal DeadlineQueue? Queue { get; set; }

    internal Deadline? Previous { get; set; }

    internal Deadline? Next { get; set; }

    /// <summary>When it passes, on the back end's clock in nanoseconds.</summary>
    public long Due { get; internal set; }
}
