namespace TlsProxy.Ktls.Channel;

/// <summary>State of one connection in a <see cref="ChannelReceiver"/>; replaced as a whole at its end.</summary>
internal struct ReceiverLife
{
    /// <summary>The owner wants no more for now.</summary>
    public bool IsPaused;

    /// <summary>The kernel is to take over before a receive is armed again.</summary>
    public bool HandsOver;

    /// <summary>The armed receive ends so that the owner may close.</summary>
    public bool ReadsOnceMore;
}
