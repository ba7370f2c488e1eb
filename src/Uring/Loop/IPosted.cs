namespace TlsProxy.Uring.Loop;

/// <summary>Work handed to a loop by another thread.</summary>
public interface IPosted
{
    /// <summary>Runs on the loop's thread.</summary>
    void Run();
}
