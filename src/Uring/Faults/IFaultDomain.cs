namespace TlsProxy.Uring.Faults;

/// <summary>A life that ends alone when one of its callbacks throws: a connection, an exchange, a piece of work.</summary>
public interface IFaultDomain
{
    /// <summary>A callback of this life has thrown; the fault is counted and logged already. The state may be anything, so the life ends
    /// without going on from it: what it holds goes back or is dropped, and no object of it is used again. More than one call is possible,
    /// also after the end.</summary>
    void OnFault();
}
