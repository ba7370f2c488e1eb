namespace TlsProxy.Handshake.Files;

/// <summary>What a path leads to (inode(7)).</summary>
public enum FileKind
{
    Regular,
    Folder,

    /// <summary>A FIFO or an anonymous pipe, such as <c>/dev/stdin</c> and the shell's <c>&lt;(command)</c>.</summary>
    Pipe,
    Device,
    Socket,
    Other,
}
