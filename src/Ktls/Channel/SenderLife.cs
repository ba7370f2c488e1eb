namespace TlsProxy.Ktls.Channel;

/// <summary>State of one connection in a <see cref="ChannelSender"/>; replaced as a whole at its end.</summary>
internal struct SenderLife
{
    /// <summary>Null until it is known who makes the records.</summary>
    public ITransmitter? Transmitter;

    /// <summary>Bytes sent by the transmitter before this one.</summary>
    public long SentBefore;

    /// <summary>The owner's send hasn't ended.</summary>
    public bool IsSending;

    /// <summary>A control record is under way.</summary>
    public bool SendsControl;

    /// <summary>The owner sends no more: close_notify is to leave behind the control record under way.</summary>
    public bool OwesEnd;

    /// <summary>The end has been told: nothing follows.</summary>
    public bool HasEnded;

    /// <summary>What the owner sends once the control record under way has left.</summary>
    public SendRanges Waiting;
}
