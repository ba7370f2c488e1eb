namespace TlsProxy.Ktls.Channel;

/// <summary>Where a <see cref="RecordChannel"/> stands in the life of its connection.</summary>
internal enum ChannelState : byte
{
    Closed,

    /// <summary>A cut record is completed, so that the kernel begins at a record.</summary>
    Completing,

    Open,

    /// <summary>The last record, close_notify or an alert, is on its way.</summary>
    Notifying,

    /// <summary>The kernel's last records are leaving.</summary>
    Flushing,

    /// <summary>Nothing more is sent; what the peer still sends is discarded.</summary>
    Lingering,

    /// <summary>All operations are ending; a reset follows.</summary>
    Aborting,

    /// <summary>The descriptor is being closed.</summary>
    Closing,
}
